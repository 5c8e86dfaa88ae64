//! The table of `cargo xtask bench local`: medians of the rounds, and ratios to Bun in the same run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::servers::Contestant;

/// The results by measurement, in the order of the first round.
#[derive(Default)]
pub(super) struct Report {
    measurements: Vec<(&'static str, BTreeMap<Contestant, Vec<Value>>)>,
}

/// The figures of the table: their name in the load's output, their column, and what one unit of the column is.
const FIGURES: [(&str, &str, f64); 8] = [
    ("deliveries_per_cpu_second", "deliveries/CPU s", 1.0),
    ("messages_per_second", "messages/s", 1.0),
    ("p50_ms", "p50 ms", 1.0),
    ("p99_ms", "p99 ms", 1.0),
    ("syncs_per_message", "fsyncs/message", 1.0),
    ("bytes_per_connection", "KiB/socket", 1024.0),
    ("pages_per_cpu_second", "pages/CPU s", 1.0),
    ("bytes", "page KiB", 1024.0),
];

impl Report {
    pub(super) fn add(&mut self, measurement: &'static str, contestant: Contestant, result: Value) {
        let known = self.measurements.iter().position(|(name, _)| *name == measurement);
        let index = known.unwrap_or_else(|| {
            self.measurements.push((measurement, BTreeMap::new()));
            self.measurements.len() - 1
        });
        self.measurements[index].1.entry(contestant).or_default().push(result);
    }

    /// Prints the medians as a table in Markdown.
    pub(super) fn print(&self) {
        for (name, results) in &self.measurements {
            let is_shown = |figure: &str| results.values().flatten().any(|result| result[figure].is_number());
            let figures: Vec<_> = FIGURES.into_iter().filter(|(figure, ..)| is_shown(figure)).collect();
            println!("\n| {name} | {} |", figures.iter().map(|(_, column, _)| *column).collect::<Vec<_>>().join(" | "));
            println!("|---|{}", "---:|".repeat(figures.len()));
            for (contestant, rounds) in results {
                let cells: Vec<String> = figures
                    .iter()
                    .map(|(figure, _, unit)| median(rounds, figure).map_or("".into(), |value| number(value / unit)))
                    .collect();
                println!("| {} | {} |", contestant.name(), cells.join(" | "));
            }
            print_ratio(results);
        }
    }
}

/// Prints how many deliveries the local binary makes for each one of Bun: the median of the rounds, and all of them.
fn print_ratio(results: &BTreeMap<Contestant, Vec<Value>>) {
    let (Some(ours), Some(bun)) = (results.get(&Contestant::Durable), results.get(&Contestant::Bun)) else { return };
    let rate = |result: &Value| result["deliveries_per_cpu_second"].as_f64();
    let mut ratios: Vec<f64> = ours.iter().zip(bun).filter_map(|(ours, bun)| Some(rate(ours)? / rate(bun)?)).collect();
    if ratios.is_empty() {
        return;
    }
    ratios.sort_by(f64::total_cmp);
    let all = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect::<Vec<_>>().join(", ");
    println!("\nours to Bun: {:.2} (rounds: {all})", ratios[ratios.len() / 2]);
}

/// Returns the median of a figure.
fn median(rounds: &[Value], figure: &str) -> Option<f64> {
    let mut values: Vec<f64> = rounds.iter().filter_map(|round| round[figure].as_f64()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_median_of_the_rounds_is_shown() {
        let rounds = [json!({ "p50_ms": 9.0 }), json!({ "p50_ms": 1.0 }), json!({ "p50_ms": 2.0 }), json!({})];
        assert_eq!(median(&rounds, "p50_ms"), Some(2.0));
        assert_eq!(median(&rounds, "p99_ms"), None);
    }
}
