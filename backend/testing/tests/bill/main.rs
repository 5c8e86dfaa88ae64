//! The documents state the bill that the prices and the limits of the code give.

use chat_testing::bill;

const COSTS: &str = include_str!("../../../../docs/costs.md");
const README: &str = include_str!("../../../../README.md");

/// Checks that a document contains a text.
fn check(document: &str, text: &str) {
    assert!(document.contains(text), "the document has to contain:\n{text}");
}

#[test]
fn the_table_of_ten_people_is_the_computed_one() {
    check(COSTS, &bill::table());
}

#[test]
fn the_documents_state_the_computed_total() {
    let total = bill::total();
    check(README, &format!("**About ${total:.2} a month**"));
    check(
        COSTS,
        &format!("If all ten pages were visible all day, it would be ${:.2}.", bill::total_without_hidden_pages()),
    );
}

#[test]
fn ten_people_cost_at_most_eighty_cents() {
    assert!(bill::total() <= 0.80, "{}", bill::total());
}

#[test]
fn the_reports_of_hidden_pages_save_more_than_they_cost() {
    let (cost, saving) = bill::cost_and_saving_of_reports();
    check(COSTS, &format!("The reports cost ${cost:.2} a month and save ${saving:.2}."));
    assert!(cost < saving);
}
