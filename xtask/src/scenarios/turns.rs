//! Who does which step: ours alone, or ours and the real Helm in every order.

use std::fmt;

use super::scenario::Scenario;

/// For each step of Helm, counted from 0, whether ours does it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turns {
    mask: u32,
    /// How many steps there are where it is worth telling who does them.
    told: usize,
}

/// All ways in which `scenario` is lived. With `turns` that is every order of the two programs, the one in which the real
/// Helm does all included: it shows whether the golden still holds.
pub fn of(scenario: &Scenario) -> impl Iterator<Item = Turns> + use<> {
    let steps = scenario.helm_steps();
    let all = 1_u32.checked_shl(steps as u32).unwrap_or(0).wrapping_sub(1);
    let (first, told) = if scenario.turns { (0, steps) } else { (all, 0) };
    (first..=all).map(move |mask| Turns { mask, told })
}

impl Turns {
    pub fn ours(&self, step: usize) -> bool {
        self.mask.checked_shr(step as u32).is_some_and(|mask| mask & 1 == 1)
    }
}

/// ` (helm, ours, …)`; nothing where ours does all.
impl fmt::Display for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.told == 0 {
            return Ok(());
        }
        let names: Vec<&str> = (0..self.told).map(|step| if self.ours(step) { "ours" } else { "helm" }).collect();
        write!(f, " ({})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::read_group;
    use super::*;

    #[test]
    fn every_order_is_lived() {
        let told = |turns: bool| -> Vec<String> {
            let text = format!("[[scenario]]\nname = 'a'\nturns = {turns}\nsteps = ['helm list', 'helm list']\n");
            let scenarios = read_group("g", &text).unwrap();
            of(&scenarios[0]).map(|turns| turns.to_string()).collect()
        };
        assert_eq!(told(true), [" (helm, helm)", " (ours, helm)", " (helm, ours)", " (ours, ours)"]);
        assert_eq!(told(false), [""]);
    }
}
