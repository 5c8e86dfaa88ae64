//! The texts that only the dialogs show.

use shared_types::Language;

use crate::i18n::{Plural, Template, Translations, en, ja};

/// The texts that only the dialogs show, in one language. They are loaded with the dialogs, as long as nothing else uses them.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct DialogTexts {
    /// Toolbar button that opens the restriction dialog.
    pub(crate) restrict: &'static str,
    pub(crate) attached: &'static str,
    pub(crate) describe: &'static str,
    /// Button that removes an image from the tray; takes the position of the image.
    pub(crate) remove_image: Template,
    /// Shown beside an attached image that moves.
    pub(crate) still_image: &'static str,
    /// Shown beside an attached image that is long.
    pub(crate) small_image: &'static str,
    pub(crate) more_reactions: &'static str,
    pub(crate) more_actions: &'static str,
    pub(crate) about_author: &'static str,
    pub(crate) reply: &'static str,
    pub(crate) edit: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) not_copied: &'static str,
    /// Label of the list of people that a message can mention.
    pub(crate) mention: &'static str,
    /// Button beside a person that opens the restriction dialog, and the title of that dialog; takes the name.
    pub(crate) restrict_person: Template,
    pub(crate) mute: &'static str,
    pub(crate) mute_hint: &'static str,
    pub(crate) ban: &'static str,
    pub(crate) ban_hint: &'static str,
    pub(crate) how_long: &'static str,
    pub(crate) lift: &'static str,
    pub(crate) purge_user: &'static str,
    pub(crate) purge_user_hint: &'static str,
    /// Shown in the restriction dialog about a person without restrictions.
    pub(crate) no_restrictions: &'static str,
    pub(crate) restricted_muted_until: Template,
    pub(crate) restricted_banned_until: Template,
    pub(super) user_purged: [&'static str; 3],
    /// Shown in the moderation dialogs while there is no connection.
    pub(crate) moderation_offline: &'static str,
    pub(crate) room_rules: &'static str,
    pub(crate) room_rules_hint: &'static str,
    pub(crate) slow_mode: &'static str,
    pub(crate) off: &'static str,
    pub(crate) moderators_only: &'static str,
    pub(crate) members_pin: &'static str,
    pub(super) members_pin_now: &'static str,
    /// Label of the retention.
    pub(crate) keep_messages: &'static str,
    pub(super) keep_as_chat: &'static str,
    pub(super) one_year: &'static str,
    pub(crate) keep_hint: &'static str,
    /// Takes the duration.
    pub(super) deleted_after: Template,
    pub(crate) audit: &'static str,
    pub(crate) audit_hint: &'static str,
    pub(crate) audit_loading: &'static str,
    pub(crate) audit_empty: &'static str,
    pub(crate) audit_failed: &'static str,
    pub(crate) audit_again: &'static str,
    pub(crate) audit_further: &'static str,
    pub(super) restrictions_lifted: Template,
    pub(super) person_muted: [&'static str; 3],
    pub(super) person_banned: [&'static str; 3],
    pub(super) audit_deleted: [&'static str; 3],
    pub(super) audit_muted: [&'static str; 3],
    pub(super) audit_unmuted: Template,
    pub(super) audit_banned: [&'static str; 3],
    pub(super) audit_unbanned: Template,
    pub(super) audit_purged: Template,
    pub(super) audit_rules_changed: Template,
    pub(super) audit_described: Template,
    pub(super) audit_other: &'static str,
    pub(super) no_rules: &'static str,

    pub(crate) privacy: &'static str,
    pub(crate) your_id: &'static str,
    pub(crate) id_hint: &'static str,
    pub(crate) copy_id: &'static str,
    pub(crate) id_copied: &'static str,
    /// Shown if the browser forbids copying.
    pub(crate) id_selected: &'static str,
    pub(crate) export: &'static str,
    pub(crate) export_hint: &'static str,
    pub(crate) exporting: &'static str,
    pub(crate) export_waits: Template,
    pub(crate) export_failed: &'static str,
    pub(crate) erase_my_data: &'static str,
    pub(crate) erase_hint: &'static str,
    pub(crate) erase_confirm: &'static str,
    pub(crate) erase_new_person: &'static str,
    pub(crate) erase_yes: &'static str,
    /// Takes the sentence about the ban.
    pub(crate) erase_banned: Template,
    pub(crate) erasing_started: &'static str,
    pub(crate) erasing: Plural,
    pub(crate) erasing_offline: &'static str,
    pub(crate) erase_failed: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) sign_out_hint: &'static str,
    pub(crate) sign_out_sure: &'static str,
    /// What follows it for owners.
    pub(crate) sign_out_owner: &'static str,
    pub(crate) name_given: &'static str,

    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) download: &'static str,

    pub(crate) delete_title: &'static str,
    pub(crate) delete_hint: &'static str,
    pub(crate) any_emoji: &'static str,
    pub(crate) not_an_emoji: &'static str,
    /// The names of the groups of emoji: faces, hands, hearts, things.
    pub(crate) emoji_groups: [&'static str; 4],
    pub(crate) add: &'static str,

    pub(crate) copy_text: &'static str,
    pub(crate) text_copied: &'static str,
    /// Shown if the browser forbids copying.
    pub(crate) text_selected: &'static str,
    pub(crate) copy_code: &'static str,
    pub(crate) bold: &'static str,
    pub(crate) italic: &'static str,
    pub(crate) code: &'static str,
    pub(crate) link: &'static str,
    /// Description of the shortcut that makes a link of the selected text.
    pub(crate) link_selected: &'static str,
    /// Label of the list of commands.
    pub(crate) commands: &'static str,
    /// What each command does, in the order of `COMMANDS`.
    pub(super) command_hints: [&'static str; 9],
    /// Takes the name of the command.
    pub(crate) unknown_command: Template,
    pub(crate) incomplete_command: &'static str,
    /// Takes the name that follows `/mute`.
    pub(crate) nobody_named: Template,

    /// Follows the visitor's own name.
    pub(crate) yourself: &'static str,
    /// What somebody in the list of people is: their page is shown, their pages are hidden, they went.
    pub(crate) here: &'static str,
    pub(crate) away: &'static str,
    pub(crate) left: &'static str,
    /// Precedes the id of a person.
    pub(crate) person_id: &'static str,
    /// Button that mentions a person in the text field.
    pub(crate) mention_person: &'static str,
    /// Number of people in the room that the list does not name.
    pub(crate) more_people: Plural,

    pub(crate) open: &'static str,
    pub(crate) room_name: &'static str,
    pub(crate) room_hint: &'static str,
    pub(super) room_empty: &'static str,
    pub(super) room_long: Template,
    pub(super) room_character: &'static str,
    /// Option that creates a room; takes what was typed.
    pub(crate) create_room: Template,
    /// Option that makes a private room; takes its title.
    pub(crate) create_private_room: Template,
    /// Heading of the list of direct messages.
    pub(crate) direct_messages: &'static str,
    /// Button that opens the dialog for a direct message to several people, and its title.
    pub(crate) new_direct: &'static str,
    pub(crate) direct_hint: &'static str,
    /// The hint of the members of a direct message.
    pub(crate) direct_members_hint: &'static str,
    /// Button that opens the direct message with the chosen people.
    pub(crate) start_direct: &'static str,
    /// Button that opens the direct message with one person.
    pub(crate) message: &'static str,
    /// The same, if it is an icon; takes the name.
    pub(crate) message_person: Template,
    /// Title of the dialog with the members of a private room, and the button that opens it.
    pub(crate) members: &'static str,
    pub(crate) members_hint: &'static str,
    pub(crate) members_failed: &'static str,
    /// Badge of a member who is a host.
    pub(crate) host: &'static str,
    /// Button that removes a member; takes the name.
    pub(crate) remove_member: Template,
    pub(crate) leave_room: &'static str,
    /// The same button, when it was used once.
    pub(crate) leave_room_confirm: &'static str,
    pub(crate) archive_room: &'static str,
    pub(crate) room_details: &'static str,
    /// Takes the name of the room in its address.
    pub(crate) room_details_hint: Template,
    pub(crate) room_title: &'static str,
    pub(crate) room_topic: &'static str,
    pub(crate) room_description: &'static str,
    /// Takes the number of characters.
    pub(super) details_long: Template,
    pub(super) details_character: &'static str,

    pub(crate) search_field: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) searching: &'static str,
    pub(crate) search_offline: &'static str,
    pub(crate) search_failed: &'static str,
    pub(crate) search_again: &'static str,
    /// Number of messages found.
    pub(crate) found: Plural,
    pub(crate) nothing_yet: &'static str,
    pub(crate) nothing_found: &'static str,
    pub(crate) further: &'static str,

    pub(crate) shortcuts: &'static str,
    pub(crate) anywhere: &'static str,
    pub(crate) while_writing: &'static str,
    pub(crate) among_messages: &'static str,
    pub(crate) at_an_image: &'static str,
    pub(crate) line_break: &'static str,
    pub(crate) edit_last: &'static str,
    pub(crate) stop_writing: &'static str,
    pub(crate) other_message: &'static str,
    pub(crate) first_or_last: &'static str,
    pub(crate) next_button: &'static str,
    pub(crate) react_to: &'static str,
    pub(crate) other_image: &'static str,

    pub(crate) name_hint: &'static str,
    pub(crate) your_name: &'static str,
    pub(super) name_empty: &'static str,
    pub(super) name_long: Template,
    pub(super) name_character: &'static str,
    /// In every language at once, for visitors who do not read the current one.
    pub(crate) choose_language: &'static str,
    pub(crate) notifications: &'static str,
    /// Labels of the notification levels: none, mentions, all messages.
    pub(crate) notify: [&'static str; 3],
    pub(crate) notify_hint: &'static str,
    pub(crate) notify_denied: &'static str,
    pub(crate) notify_unable: &'static str,

    /// What the link to the room lets people do, in a chat that is open, has a passphrase, or has a sign-in.
    pub(crate) invite_open: &'static str,
    pub(crate) invite_passphrase: &'static str,
    pub(crate) invite_oidc: &'static str,
    /// What the link to a private room does.
    pub(crate) invite_private: &'static str,
    /// Label of the field with a link.
    pub(crate) link_address: &'static str,
    /// Shown if the browser forbids copying.
    pub(crate) link_not_copied: &'static str,
    pub(crate) share: &'static str,
    pub(crate) qr_code: &'static str,
    pub(crate) invitations: &'static str,
    pub(crate) invitations_hint: &'static str,
    /// Shown above a new invitation.
    pub(crate) invitation_made: &'static str,
    /// Button that shows the link to the room again.
    pub(crate) show_room_link: &'static str,
    pub(crate) valid_for: &'static str,
    pub(crate) lets_in: &'static str,
    pub(crate) people: Plural,
    pub(crate) make_invitation: &'static str,
    pub(crate) revoke: &'static str,
    /// An invitation: how many people used it, of how many, until when.
    pub(super) invitation_open: [&'static str; 4],
    /// An invitation that lets nobody in any more: how many people used it, of how many.
    pub(super) invitation_used_up: [&'static str; 3],
    pub(super) invitation_revoked: [&'static str; 3],
    /// Takes the name of the moderator who made an invitation.
    pub(super) invitation_by: Template,
    pub(crate) links_failed: &'static str,
    pub(crate) device: &'static str,
    pub(crate) device_hint: &'static str,
    pub(crate) device_expired: &'static str,
    pub(crate) new_link: &'static str,
}

impl Translations {
    /// Returns the texts of the dialogs. Only what is loaded on demand may call it.
    #[inline(never)]
    pub(crate) fn dialogs(&self) -> &'static DialogTexts {
        match self.language {
            Language::English => &en::dialogs::DIALOGS,
            Language::Japanese => &ja::dialogs::DIALOGS,
        }
    }
}
