//! Uploads of browsers, and images that are kept.

use chat::ports::images::Upload;
use shared_types::{ImageType, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{message_key, now, upload},
};

contract! { images_contract images {
    an_upload_has_the_bytes_that_were_put
    an_address_accepts_only_its_size_type_and_message
    keep_requires_the_version_that_was_read
    a_discarded_upload_is_not_found
    a_removed_image_is_not_found
    the_images_of_a_message_are_apart
    the_sweep_removes_old_uploads_and_no_images
} }

async fn put(stores: &Stores, upload: &Upload, bytes: &[u8]) -> bool {
    let address = stores.images.address(upload).await.unwrap();
    stores.browser.put(&address, upload.kind.media_type(), bytes).await
}

pub async fn an_upload_has_the_bytes_that_were_put(stores: Stores) {
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let image = upload("n", ImageType::Webp, bytes.len());
    assert_eq!(stores.images.uploaded(&image).await.unwrap(), None);
    assert!(put(&stores, &image, &bytes).await);
    let found = stores.images.uploaded(&image).await.unwrap().unwrap();
    assert_eq!(found.size, 200_000);
    assert!(found.head.len() >= chat::ports::images::Uploaded::HEAD && bytes.starts_with(&found.head));
    for other in
        [upload("m", image.kind, bytes.len()), upload("n", image.kind, 7), upload("n", ImageType::Png, bytes.len())]
    {
        assert_eq!(stores.images.uploaded(&other).await.unwrap(), None, "{other:?}");
    }
}

pub async fn an_address_accepts_only_its_size_type_and_message(stores: Stores) {
    let image = upload("n", ImageType::Png, 4);
    let address = stores.images.address(&image).await.unwrap();
    let other = upload("m", ImageType::Png, 4);
    let another = address.replace("/n/", "/m/").replace("\"n\"", "\"m\"");
    assert_ne!(address, another);
    for (address, media_type, bytes) in [
        (&address, "image/png", "12345"),
        (&address, "image/png", "123"),
        (&address, "image/png", ""),
        (&address, "image/gif", "1234"),
        (&address, "text/html", "1234"),
        (&another, "image/png", "1234"),
    ] {
        stores.browser.put(address, media_type, bytes.as_bytes()).await;
        assert_eq!(stores.images.uploaded(&image).await.unwrap(), None, "{media_type} {bytes}");
        assert_eq!(stores.images.uploaded(&other).await.unwrap(), None, "{address}");
    }
    assert!(stores.browser.put(&address, "image/png", b"1234").await);
}

pub async fn keep_requires_the_version_that_was_read(stores: Stores) {
    let image = upload("n", ImageType::Gif, 3);
    assert!(!stores.images.keep(&image, "never read").await.unwrap());
    put(&stores, &image, b"one").await;
    let first = stores.images.uploaded(&image).await.unwrap().unwrap().version;
    put(&stores, &image, b"two").await;
    assert!(!stores.images.keep(&image, &first).await.unwrap(), "the upload changed since it was read");
    assert!(!stores.images.is_kept(&image.message_key).await.unwrap());
    let second = stores.images.uploaded(&image).await.unwrap().unwrap().version;
    assert!(stores.images.keep(&image, &second).await.unwrap());
    assert!(stores.images.is_kept(&image.message_key).await.unwrap());
    assert!(!stores.images.is_kept(&message_key("lobby", "bob", "n")).await.unwrap());
    assert!(!stores.images.is_kept(&message_key("cats", "ann=", "n")).await.unwrap());
}

pub async fn a_discarded_upload_is_not_found(stores: Stores) {
    let image = upload("n", ImageType::Jpeg, 3);
    assert!(put(&stores, &image, b"one").await);
    stores.images.discard(&image).await.unwrap();
    assert_eq!(stores.images.uploaded(&image).await.unwrap(), None);
    stores.images.discard(&image).await.unwrap();
}

pub async fn a_removed_image_is_not_found(stores: Stores) {
    let image = upload("n", ImageType::Jpeg, 3);
    assert!(put(&stores, &image, b"one").await);
    let version = stores.images.uploaded(&image).await.unwrap().unwrap().version;
    assert!(stores.images.keep(&image, &version).await.unwrap());
    assert!(stores.images.is_kept(&image.message_key).await.unwrap());
    stores.images.remove(&image.message_key).await.unwrap();
    assert!(!stores.images.is_kept(&image.message_key).await.unwrap());
    stores.images.remove(&image.message_key).await.unwrap();
}

pub async fn the_images_of_a_message_are_apart(stores: Stores) {
    let first = upload("n", ImageType::Gif, 3);
    let uploads =
        [0, 1, 9].map(|number| Upload { message_key: first.message_key.of_image(number).unwrap(), ..first.clone() });
    for (upload, bytes) in uploads.iter().zip([b"one", b"two", b"ten"]) {
        assert!(put(&stores, upload, bytes).await, "{upload:?}");
    }
    let is_kept = async || {
        let mut kept = Vec::new();
        for upload in &uploads {
            kept.push(stores.images.is_kept(&upload.message_key).await.unwrap());
        }
        kept
    };
    for (upload, bytes) in uploads.iter().zip([b"one", b"two", b"ten"]) {
        let found = stores.images.uploaded(upload).await.unwrap().unwrap();
        assert_eq!(found.head, bytes, "{upload:?}");
        if upload != &first {
            assert!(stores.images.keep(upload, &found.version).await.unwrap());
        }
    }
    assert_eq!(is_kept().await, [false, true, true]);
    stores.images.remove(&uploads[1].message_key).await.unwrap();
    assert_eq!(is_kept().await, [false, false, true]);
}

pub async fn the_sweep_removes_old_uploads_and_no_images(stores: Stores) {
    let (kept, waiting) = (upload("n", ImageType::Gif, 3), upload("m", ImageType::Gif, 3));
    for image in [&kept, &waiting] {
        put(&stores, image, b"one").await;
    }
    let version = stores.images.uploaded(&kept).await.unwrap().unwrap().version;
    stores.images.keep(&kept, &version).await.unwrap();
    assert_eq!(stores.images.sweep(Timestamp(0)).await.unwrap(), 0);
    assert!(stores.images.uploaded(&waiting).await.unwrap().is_some());
    assert!(stores.images.sweep(Timestamp(now().0 + 60_000)).await.unwrap() >= 1);
    assert_eq!(stores.images.uploaded(&waiting).await.unwrap(), None);
    assert!(stores.images.is_kept(&kept.message_key).await.unwrap());
}
