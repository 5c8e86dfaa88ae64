//! Japanese: why files cannot be sent.

use crate::i18n::{ImageTexts, Template, ja::count};

pub(in crate::i18n) static IMAGES: ImageTexts = ImageTexts {
    too_many: "一度に送信できる画像は10枚までです。超えた分は添付されませんでした。",
    too_large: "ファイルサイズが50 MBを超えています。より小さいファイルを選択してください。",
    not_an_image: "表示できる画像ファイルではありません。PNG、JPEG、WebP、GIFに対応しています。SVGには対応していません。",
    heic: "HEIC形式の写真です。このブラウザーでは開けません。JPEGで保存して選択してください。iPhoneでは「設定」の「カメラ」→「フォーマット」を「互換性優先」にすると、JPEGで撮影されます。",
    foreign_image: Template(
        "",
        "形式のファイルです。このブラウザーでは開けません。JPEGまたはPNGで保存して選択してください。",
    ),
    video: "動画です。送信できるのは画像だけです。",
    too_many_pixels: Template("画像が", "メガピクセルを超えています。より小さい画像を選択してください。"),
    too_dense: "この画像は送信できる大きさまで小さくできません。別の画像を選択してください。",
    false_pixels: "このブラウザーはページに画像の画素を渡さないため、画像を小さくできません。このページにキャンバスの読み取りを許可するか、2 MB以内のJPEG、PNG、GIF、WebPを選択してください。",
    images: count("画像", "枚"),
    place: ["画像 ", " / ", ""],
};
