//! Sends the unsent messages of rooms that are not shown. It is loaded on demand.
//!
//! A second [`Client`], with sockets of its own, visits one such room at a time until the server has confirmed or refused the messages.
//! Messages with images wait until their room is shown.

use std::cell::RefCell;

use page_model::{
    client::{Client, Effect},
    connection::SocketId,
    unsent_messages::{UnsentElsewhere, UnsentMessages, rooms_with_unsent},
};
use shared_types::{
    GatewayError, PageState, RoomName, RoomTag, ServerMessage,
    json::{self, FromJson as _, LateVariants as _, Value},
    with_room,
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    browser::{
        location, random,
        session::{Session, links::request, on_demand, with},
        socket::{Socket, SocketEvent},
        storage, time,
    },
    ui::rooms::notices,
};

/// Maximum duration of a visit, in milliseconds. In a room with slow mode the messages wait for each other; a long wait ends the visit before.
const VISIT_MS: u64 = 10 * 60 * 1000;

/// Time before a room is visited again, in milliseconds, after a visit failed.
const PAUSE_MS: u64 = 60_000;

/// How long the state of a room may take to arrive, in milliseconds, before other rooms have their turn.
const FETCH_MS: u64 = 30_000;

thread_local! {
    /// What is done for other rooms. It is not in the session, whose type is in the first program.
    static DELIVERY: RefCell<Delivery> = RefCell::default();
}

#[derive(Default)]
struct Delivery {
    elsewhere: UnsentElsewhere,
    /// Number of visits so far. What belongs to an earlier one is dropped.
    visits: u32,
    visit: Option<Visit>,
    /// Until when nothing else is begun, because the state of a room is being fetched.
    fetching_until: u64,
}

/// The visit of a room that is not shown.
struct Visit {
    page: PageState,
    client: Client,
    unsent: UnsentMessages,
    sockets: Vec<(SocketId, Socket)>,
    /// When it ends, even if messages are still unsent.
    until: u64,
}

fn with_delivery<R>(act: impl FnOnce(&mut Delivery) -> R) -> R {
    DELIVERY.with_borrow_mut(act)
}

impl Session {
    /// Visits another room that has unsent messages, or goes on with a visit. The caller has a live socket.
    pub(super) fn send_elsewhere(&mut self, now: u64) {
        let (shown, author) = (&self.page.room, &self.client.timeline().me().id);
        let room = with_delivery(|delivery| {
            // The page sends the messages of the room that it shows itself.
            delivery.visit.take_if(|visit| visit.page.room == *shown);
            if delivery.visit.take_if(|visit| now >= visit.until).is_some() {
                delivery.elsewhere.retry_later(now + PAUSE_MS);
            }
            if delivery.visit.is_some() || now < delivery.fetching_until {
                return None;
            }
            let room = delivery.elsewhere.next_room(shown, author, &storage::device(), now)?;
            delivery.fetching_until = now + FETCH_MS;
            Some(room)
        });
        if let Some(room) = room {
            self.visit(room);
        }
        self.advance_visit(now, |client| client.tick(now));
    }

    /// Ends the visit. The network is lost.
    pub(super) fn stop_sending_elsewhere(&self) {
        with_delivery(|delivery| {
            delivery.visit = None;
            delivery.elsewhere.retry();
        });
    }

    /// Fetches the state of a room, and visits it.
    fn visit(&self, room: RoomName) {
        let handle = self.handle;
        spawn_local(async move {
            let state = request(&["/state/", room.as_str()].concat(), None).await;
            let page = state.and_then(|state| json::from_str::<PageState>(&state).ok());
            with(handle, |session| session.begin_visit(page));
        });
    }

    fn begin_visit(&mut self, page: Option<PageState>) {
        let now = time::now();
        let is_late = with_delivery(|delivery| {
            delivery.fetching_until = 0;
            // One that was begun later took its place.
            delivery.visit.is_some()
        });
        let you = &self.page.you;
        let is_needed = |page: &PageState| !is_late && page.you.id == you.id && page.room != self.page.room;
        let Some(mut page) = page.filter(is_needed) else { return };
        page.you.name = you.name.clone();
        let (mut client, effects) = Client::start(&page, self.chat.translations, now, random::random);
        client.set_hidden(true);
        let (unsent, drafts) = UnsentMessages::open_texts(&page.room, &page.you.id, &storage::device());
        client.restore(drafts, now);
        let visit = Visit { page, client, unsent, sockets: Vec::new(), until: now + VISIT_MS };
        with_delivery(|delivery| {
            delivery.visits += 1;
            delivery.visit = Some(visit);
        });
        self.advance_visit(now, |_| effects);
    }

    /// Performs the effects of a step of the visit, stores what is still unsent, and ends the visit when nothing waits any more.
    fn advance_visit(&mut self, now: u64, step: impl FnOnce(&mut Client) -> Vec<Effect>) {
        let Some((mut visit, number)) = with_delivery(|delivery| Some((delivery.visit.take()?, delivery.visits)))
        else {
            return;
        };
        let effects = step(&mut visit.client);
        let goes_on = visit.perform(effects, self, number);
        visit.unsent.update(&storage::device(), &visit.client.timeline().unsent(), now);
        let timeline = visit.client.timeline();
        let (is_waiting, wait) = (timeline.has_waiting_messages(), timeline.seconds_until_next_message(now));
        with_delivery(|Delivery { elsewhere, visit: current, .. }| match goes_on {
            false => elsewhere.retry_later(now + PAUSE_MS),
            true if !is_waiting => elsewhere.leave_refused(&visit.unsent),
            true if elsewhere.leaves_slow_room(&visit.page.room, &self.page.you.id, wait, now) => {}
            true => *current = Some(visit),
        });
        self.show_unsent_rooms();
    }

    /// Shows in the list of rooms which other ones have unsent messages.
    pub(super) fn show_unsent_rooms(&self) {
        let mut rooms = rooms_with_unsent(&self.page.you.id, &storage::device());
        rooms.retain(|room| *room != self.page.room);
        notices::show_unsent(rooms);
    }

    fn on_visit_event(&mut self, number: u32, id: SocketId, event: SocketEvent) {
        if with_delivery(|delivery| delivery.visits != number) {
            return;
        }
        let now = time::now();
        let step = |client: &mut Client| match event {
            SocketEvent::Frame(frame) => {
                let frame = Value::parse(&frame).unwrap_or(Value::Null);
                let message = ServerMessage::early_from_json(&frame).ok();
                let gateway_error = if message.is_none() { GatewayError::from_json(&frame).ok() } else { None };
                let tag = RoomTag::from_json(&frame).unwrap_or_default();
                let message = message.and_then(|message| client.route(now, id, tag.room.as_ref(), message));
                match gateway_error {
                    Some(error) => client.on_gateway_error(now, id, &error),
                    None => client.on_message(now, id, message),
                }
            }
            SocketEvent::Closed => client.on_closed(now, id),
        };
        self.advance_visit(now, step);
    }
}

impl Visit {
    /// Performs effects. Returns `false` if the visit has to end: it needs another ticket, or the room cannot be entered.
    fn perform(&mut self, effects: Vec<Effect>, session: &Session, number: u32) -> bool {
        for effect in effects {
            match effect {
                Effect::Open(id) => {
                    let handle = session.handle;
                    let report = move |event| with(handle, |session| session.on_visit_event(number, id, event));
                    self.sockets.push((id, Socket::open(&location::socket_address(&self.page), report)));
                }
                Effect::Send(id, message) => {
                    if let Some((_, socket)) = self.sockets.iter().find(|(open, _)| *open == id)
                        && let Some(frame) = on_demand::write(&message)
                    {
                        socket.send(with_room(&frame, &self.page.room));
                    }
                }
                Effect::Close(id) => self.sockets.retain(|(open, _)| *open != id),
                // No message of a visit has an image.
                Effect::Upload(..) | Effect::Fetch | Effect::LoadPage => return false,
            }
        }
        true
    }
}
