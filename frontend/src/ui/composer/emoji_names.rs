//! The names of the emoji that `:name:` completes: the common ones. They are loaded on demand.

/// Names, as GitHub and Slack have them, and emoji by turns, separated by spaces. What is typed often comes first.
pub(crate) const EMOJI_NAMES: &str = "smile 😄 smiley 😃 grin 😁 grinning 😀 joy 😂 rofl 🤣 laughing 😆 sweat_smile 😅 slightly_smiling_face 🙂 \
    upside_down_face 🙃 wink 😉 blush 😊 heart_eyes 😍 thinking 🤔 heart ❤️ thumbsup 👍 thumbsdown 👎 +1 👍 -1 👎 tada 🎉 \
    clap 👏 melting_face 🫠 innocent 😇 smiling_face_with_three_hearts 🥰 star_struck 🤩 kissing_heart 😘 kissing 😗 \
    relaxed ☺️ kissing_closed_eyes 😚 kissing_smiling_eyes 😙 smiling_face_with_tear 🥲 yum 😋 stuck_out_tongue 😛 \
    stuck_out_tongue_winking_eye 😜 zany_face 🤪 stuck_out_tongue_closed_eyes 😝 money_mouth_face 🤑 hugs 🤗 \
    hand_over_mouth 🤭 face_with_open_eyes_and_hand_over_mouth 🫢 face_with_peeking_eye 🫣 shushing_face 🤫 \
    saluting_face 🫡 zipper_mouth_face 🤐 raised_eyebrow 🤨 neutral_face 😐 expressionless 😑 no_mouth 😶 \
    dotted_line_face 🫥 face_in_clouds 😶‍🌫️ smirk 😏 unamused 😒 roll_eyes 🙄 grimacing 😬 face_exhaling 😮‍💨 lying_face 🤥 \
    shaking_face 🫨 relieved 😌 pensive 😔 sleepy 😪 drooling_face 🤤 sleeping 😴 mask 😷 face_with_thermometer 🤒 \
    face_with_head_bandage 🤕 nauseated_face 🤢 vomiting_face 🤮 sneezing_face 🤧 hot_face 🥵 cold_face 🥶 woozy_face 🥴 \
    dizzy_face 😵 face_with_spiral_eyes 😵‍💫 exploding_head 🤯 cowboy_hat_face 🤠 partying_face 🥳 disguised_face 🥸 \
    sunglasses 😎 nerd_face 🤓 monocle_face 🧐 confused 😕 face_with_diagonal_mouth 🫤 worried 😟 slightly_frowning_face 🙁 \
    frowning_face ☹️ open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺 face_holding_back_tears 🥹 \
    frowning 😦 anguished 😧 fearful 😨 cold_sweat 😰 disappointed_relieved 😥 cry 😢 sob 😭 scream 😱 confounded 😖 \
    persevere 😣 disappointed 😞 sweat 😓 weary 😩 tired_face 😫 yawning_face 🥱 triumph 😤 rage 😡 angry 😠 cursing_face 🤬 \
    smiling_imp 😈 imp 👿 skull 💀 skull_and_crossbones ☠️ hankey 💩 clown_face 🤡 japanese_ogre 👹 japanese_goblin 👺 \
    ghost 👻 alien 👽 space_invader 👾 robot 🤖 smiley_cat 😺 smile_cat 😸 joy_cat 😹 heart_eyes_cat 😻 smirk_cat 😼 \
    kissing_cat 😽 scream_cat 🙀 crying_cat_face 😿 pouting_cat 😾 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 cupid 💘 \
    gift_heart 💝 sparkling_heart 💖 heartpulse 💗 heartbeat 💓 revolving_hearts 💞 two_hearts 💕 heart_decoration 💟 \
    heavy_heart_exclamation ❣️ broken_heart 💔 heart_on_fire ❤️‍🔥 mending_heart ❤️‍🩹 pink_heart 🩷 orange_heart 🧡 \
    yellow_heart 💛 green_heart 💚 blue_heart 💙 light_blue_heart 🩵 purple_heart 💜 brown_heart 🤎 black_heart 🖤 \
    grey_heart 🩶 white_heart 🤍 100 💯 anger 💢 boom 💥 dizzy 💫 sweat_drops 💦 dash 💨 speech_balloon 💬 \
    eye_speech_bubble 👁️‍🗨️ left_speech_bubble 🗨️ right_anger_bubble 🗯️ thought_balloon 💭 zzz 💤 wave 👋 raised_hand ✋ \
    ok_hand 👌 pinched_fingers 🤌 crossed_fingers 🤞 metal 🤘 call_me_hand 🤙 point_left 👈 point_right 👉 point_up ☝️ \
    point_down 👇 fist ✊ facepunch 👊 open_hands 👐 raised_hands 🙌 pray 🙏 handshake 🤝 writing_hand ✍️ muscle 💪 eyes 👀 \
    brain 🧠 ear 👂 shrug 🤷 facepalm 🤦 raising_hand 🙋 bow 🙇 ok_woman 🙆‍♀️ no_good 🙅 runner 🏃 dancer 💃 walking 🚶 dog 🐶 \
    cat 🐱 mouse 🐭 fox_face 🦊 bear 🐻 panda_face 🐼 tiger 🐯 lion 🦁 cow 🐮 pig 🐷 frog 🐸 monkey 🐒 chicken 🐔 penguin 🐧 \
    bird 🐦 duck 🦆 owl 🦉 bee 🐝 bug 🐛 butterfly 🦋 snail 🐌 turtle 🐢 snake 🐍 octopus 🐙 fish 🐟 whale 🐳 shark 🦈 dolphin 🐬 \
    horse 🐴 unicorn 🦄 cherry_blossom 🌸 rose 🌹 sunflower 🌻 tulip 🌷 seedling 🌱 evergreen_tree 🌲 deciduous_tree 🌳 \
    palm_tree 🌴 cactus 🌵 four_leaf_clover 🍀 maple_leaf 🍁 mushroom 🍄 apple 🍎 banana 🍌 lemon 🍋 watermelon 🍉 grapes 🍇 \
    strawberry 🍓 peach 🍑 pineapple 🍍 avocado 🥑 tomato 🍅 carrot 🥕 corn 🌽 bread 🍞 cheese 🧀 egg 🥚 bacon 🥓 hamburger 🍔 \
    fries 🍟 pizza 🍕 hotdog 🌭 taco 🌮 burrito 🌯 sushi 🍣 ramen 🍜 rice 🍚 cake 🍰 birthday 🎂 cookie 🍪 doughnut 🍩 \
    chocolate_bar 🍫 icecream 🍦 coffee ☕ tea 🍵 beer 🍺 beers 🍻 wine_glass 🍷 cocktail 🍸 champagne 🍾 soccer ⚽ \
    basketball 🏀 football 🏈 tennis 🎾 trophy 🏆 1st_place_medal 🥇 video_game 🎮 guitar 🎸 musical_note 🎵 art 🎨 dart 🎯 \
    car 🚗 bus 🚌 train 🚋 bike 🚲 airplane ✈️ rocket 🚀 ship 🚢 boat ⛵ house 🏠 office 🏢 hospital 🏥 school 🏫 \
    earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 mountain ⛰️ beach_umbrella 🏖️ camping 🏕️ sunny ☀️ cloud ☁️ \
    umbrella ☔ snowflake ❄️ snowman ⛄ zap ⚡ fire 🔥 droplet 💧 ocean 🌊 rainbow 🌈 star ⭐ star2 🌟 sparkles ✨ moon 🌔 \
    full_moon 🌕 crescent_moon 🌙 sun_with_face 🌞 gift 🎁 balloon 🎈 confetti_ball 🎊 jack_o_lantern 🎃 christmas_tree 🎄 \
    bulb 💡 book 📖 books 📚 memo 📝 pencil2 ✏️ paperclip 📎 pushpin 📌 scissors ✂️ lock 🔒 unlock 🔓 key 🔑 hammer 🔨 \
    wrench 🔧 gear ⚙️ link 🔗 mag 🔍 calendar 📆 clock1 🕐 hourglass ⌛ alarm_clock ⏰ watch ⌚ computer 💻 keyboard ⌨️ \
    iphone 📱 phone ☎️ battery 🔋 electric_plug 🔌 camera 📷 email 📧 envelope ✉️ package 📦 moneybag 💰 dollar 💵 \
    chart_with_upwards_trend 📈 bar_chart 📊 clipboard 📋 file_folder 📁 wastebasket 🗑️ mega 📣 bell 🔔 no_bell 🔕 \
    white_check_mark ✅ heavy_check_mark ✔️ question ❓ exclamation ❗ warning ⚠️ no_entry ⛔ recycle ♻️ arrow_up ⬆️ \
    arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ red_circle 🔴 green_circle 🟢 large_blue_circle 🔵 bangbang ‼️ \
    checkered_flag 🏁 triangular_flag_on_post 🚩 jp 🇯🇵 us 🇺🇸 gb 🇬🇧 de 🇩🇪 fr 🇫🇷";

#[cfg(test)]
mod tests {
    use chat::content::emoji::canonical;
    use page_model::emoji_completion::emoji_query;
    use shared_types::Emoji;

    use super::*;

    #[test]
    fn every_name_can_be_typed_and_has_a_canonical_emoji() {
        let words: Vec<&str> = EMOJI_NAMES.split(' ').collect();
        assert!(words.len() > 600 && words.len().is_multiple_of(2), "{}", words.len());
        for (at, pair) in words.chunks(2).enumerate() {
            let emoji: Emoji = pair[1].parse().unwrap();
            assert_eq!(canonical(&emoji).unwrap().as_str(), pair[1], "{}", pair[0]);
            let typed = format!(":{}:", pair[0]);
            let found = emoji_query(&typed).filter(|_| pair[0].len() > 1).map(|query| query.closed(EMOJI_NAMES));
            assert!(found.is_none_or(|found| found == Some(pair[1])), "{typed}");
            assert!(!words.iter().step_by(2).take(at).any(|name| *name == pair[0]), "{} is there twice", pair[0]);
        }
    }
}
