//! Short sorted lists. Each insertion moves what is behind it, which is less code than sorting, and than a tree.

/// Inserts a value into a sorted list, unless the list has it.
pub fn insert<T: Ord>(list: &mut Vec<T>, value: T) {
    if let Err(place) = list.binary_search(&value) {
        list.insert(place, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sorted_and_there_once() {
        let mut list = Vec::new();
        [3, 1, 2, 3, 0, 1].into_iter().for_each(|value| insert(&mut list, value));
        assert_eq!(list, [0, 1, 2, 3]);
    }
}
