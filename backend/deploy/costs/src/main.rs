//! Prints the tables that stand in docs/deploy.md.

fn main() {
    print!("{}", eyeline_costs::tables());
}
