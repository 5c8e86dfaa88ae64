mod flow;
mod id_token;
mod keys;
mod person;
mod provider;
mod provider_metadata;

use super::*;

const NOW: u64 = 1_700_000_000;
const ISSUER: &str = "https://id.example";
const REDIRECT: &str = "https://chat.example/sign-in/callback";
