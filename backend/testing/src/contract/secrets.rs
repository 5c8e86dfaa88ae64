//! The signing secrets.

use chat::ports::secrets::Keys;
use futures::future::join_all;
use shared_types::Timestamp;

use super::contract;
use crate::contract::Stores;

contract! { secrets_contract secrets {
    the_first_secret_is_kept
    a_secret_is_replaced_once_and_the_previous_one_is_kept
} }

pub async fn the_first_secret_is_kept(stores: Stores) {
    let answers = join_all((1..=10).map(|n| stores.secrets.keep_first([n; 32], Timestamp(n.into())))).await;
    let answers: Vec<Keys> = answers.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|secret| *secret == answers[0]), "{answers:?}");
    assert_eq!(stores.secrets.keep_first([99; 32], Timestamp(99)).await.unwrap(), answers[0]);
}

pub async fn a_secret_is_replaced_once_and_the_previous_one_is_kept(stores: Stores) {
    let first = stores.secrets.keep_first([1; 32], Timestamp(1)).await.unwrap();
    let replaced = join_all((2..=9).map(|n| stores.secrets.replace(&first, [n; 32], Timestamp(7)))).await;
    assert_eq!(replaced.into_iter().map(Result::unwrap).filter(|made| *made).count(), 1);
    let second = stores.secrets.keep_first([99; 32], Timestamp(99)).await.unwrap();
    assert_eq!((second.previous, second.made_at), (Some(first.current), Timestamp(7)));
    assert!((2..=9).any(|n| second.current == [n; 32]));

    assert!(!stores.secrets.replace(&first, [50; 32], Timestamp(8)).await.unwrap());
    assert!(stores.secrets.replace(&second, [51; 32], Timestamp(9)).await.unwrap());
    let third = stores.secrets.keep_first([99; 32], Timestamp(99)).await.unwrap();
    assert_eq!((third.current, third.previous), ([51; 32], Some(second.current)));
}
