//! Tests of the name that the visitor chose, until the server has confirmed it.

use shared_types::PersonName;

use crate::{
    client::{
        tests::{client, entry, welcome_as},
        *,
    },
    texts::PlainTexts,
};

fn name(name: &str) -> PersonName {
    name.parse().unwrap()
}

fn rename(id: SocketId, chosen: &str) -> Vec<Effect> {
    vec![Effect::Send(id, ClientMessage::Rename { name: name(chosen) })]
}

/// Handles a `welcome` as the page does. Returns whether it confirms the chosen name, and what the client sends.
fn receive(client: &mut Client, id: SocketId, given: &str) -> (bool, Vec<Effect>) {
    let is_confirmed = client.take_answered_name();
    (is_confirmed, client.on_message(0, id, Some(welcome_as(given))))
}

fn draft() -> Draft {
    Draft { nonce: "d".parse().unwrap(), text: "hi".parse().ok(), image: None, reply_to: None, thread: None }
}

/// Closes the socket with this number. The next one is opened.
fn reconnect(client: &mut Client, id: SocketId) {
    client.on_closed(0, id);
    client.reconnect(0);
    client.on_fetched(0, true);
}

#[test]
fn a_name_that_was_chosen_without_a_socket_is_sent_on_the_next_one() {
    let mut client = client(2);
    client.on_closed(0, 1);
    assert_eq!(client.rename(name("Ann")), []);
    assert_eq!(client.timeline().me().name, name("Ann"), "it is shown at once");
    client.reconnect(0);
    client.on_fetched(0, true);
    assert_eq!(receive(&mut client, 2, "me"), (false, rename(2, "Ann")));
    assert_eq!(client.timeline().me().name, name("Ann"), "not that of before in between");
    assert_eq!(receive(&mut client, 2, "Ann"), (true, vec![]));
    reconnect(&mut client, 2);
    assert_eq!(receive(&mut client, 3, "Bea"), (false, vec![]), "another device may have chosen a newer one");
}

#[test]
fn what_was_written_under_a_new_name_is_sent_after_it() {
    let mut client = client(2);
    client.on_closed(0, 1);
    client.rename(name("Ann"));
    client.post(draft(), 0);
    client.reconnect(0);
    client.on_fetched(0, true);
    let (_, effects) = receive(&mut client, 2, "me");
    assert_eq!(effects[..1], rename(2, "Ann")[..], "{effects:?}");
    assert!(matches!(effects[1], Effect::Send(2, ClientMessage::Send { .. })), "{effects:?}");
}

#[test]
fn a_name_of_an_earlier_page_is_sent_like_one_of_this_page() {
    let page = entry::page();
    let (mut client, _) = Client::start(&page, &PlainTexts, 0, || 0);
    client.restore_name(name("Ann"));
    assert_eq!(client.timeline().me().name, name("Ann"));
    assert_eq!(receive(&mut client, 1, "me"), (false, rename(1, "Ann")));
}

#[test]
fn the_name_of_the_address_of_a_socket_is_not_stored_yet() {
    let mut client = client(2);
    client.on_closed(0, 1);
    client.rename(name("Ann"));
    client.reconnect(0);
    client.on_fetched(0, true);
    assert_eq!(receive(&mut client, 2, "Ann"), (false, rename(2, "Ann")));
    assert_eq!(receive(&mut client, 2, "Ann"), (true, vec![]));
}

#[test]
fn a_name_whose_answer_is_lost_is_sent_again() {
    let mut client = client(2);
    assert_eq!(client.rename(name("Ann")), rename(1, "Ann"));
    reconnect(&mut client, 1);
    assert_eq!(receive(&mut client, 2, "me"), (false, rename(2, "Ann")));
    client.forget_chosen_name();
    reconnect(&mut client, 2);
    assert_eq!(receive(&mut client, 3, "me"), (false, vec![]), "it was refused");
}

#[test]
fn a_name_that_another_device_replaced_at_once_is_not_sent_again() {
    let mut client = client(2);
    client.rename(name("Ann"));
    assert_eq!(receive(&mut client, 1, "Bea"), (true, vec![]), "the name that was stored last");
    reconnect(&mut client, 1);
    assert_eq!(receive(&mut client, 2, "Bea"), (false, vec![]));
}
