//! A board's LEDs as one line of text: `● 1 red  ○ 2 green  ● 3 yellow  ○ 4 blue  t=12.345 s`.
//!
//! Pure: brightness and time in, text out; where and when it is shown is [`output`](crate::output)'s
//! business. What must always hold: the line has fewer columns than it is allowed (a full line would wrap,
//! and could not be erased), so a narrow terminal gets a plainer form, down to bare lights.
//!
//! Without colours (or without characters beyond ASCII) a lit LED is the first letter of its colour in
//! brackets, in lower case when it is dimmed: `[R] 1 red  [ ] 2 green`.

use std::fmt::Write;

use crate::terminal::{Abilities, Colours};

/// One LED of the strip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripLed {
    /// The number that the program knows it by.
    pub id: u16,
    /// What to write beside it; on a board with one LED of each colour, the colour.
    pub name: String,
    /// Its colour, in lower case.
    pub colour: String,
}

/// The LEDs of a board and how bright each is.
#[derive(Clone, Debug)]
pub struct LedStrip {
    lights: Vec<(StripLed, u8)>,
    abilities: Abilities,
}

/// A colour as terminals show it.
#[derive(Debug)]
struct Shade {
    name: &'static str,
    red_green_blue: [u8; 3],
    /// Its place among the eight basic colours; the bright one stands eight further.
    basic: u8,
}

/// The colours that LEDs come in.
const SHADES: [Shade; 9] = [
    Shade { name: "red", red_green_blue: [255, 60, 50], basic: 1 },
    Shade { name: "green", red_green_blue: [50, 230, 80], basic: 2 },
    Shade { name: "yellow", red_green_blue: [255, 220, 40], basic: 3 },
    Shade { name: "orange", red_green_blue: [255, 150, 30], basic: 3 },
    Shade { name: "blue", red_green_blue: [70, 130, 255], basic: 4 },
    Shade { name: "magenta", red_green_blue: [240, 80, 230], basic: 5 },
    Shade { name: "purple", red_green_blue: [170, 90, 255], basic: 5 },
    Shade { name: "cyan", red_green_blue: [60, 220, 230], basic: 6 },
    WHITE,
];

/// And what any other colour looks like.
const WHITE: Shade = Shade { name: "white", red_green_blue: [250, 250, 250], basic: 7 };

/// How much is written beside the lights, from all to nothing.
const FORMS: [Form; 4] = [
    Form { gap: "  ", id: true, name: true, clock: true },
    Form { gap: " ", id: true, name: false, clock: true },
    Form { gap: "", id: false, name: false, clock: true },
    Form { gap: "", id: false, name: false, clock: false },
];

#[derive(Debug)]
struct Form {
    gap: &'static str,
    id: bool,
    name: bool,
    clock: bool,
}

/// Text, and how many columns of it can be seen.
#[derive(Debug, Default)]
struct Line {
    text: String,
    columns: usize,
}

impl Line {
    fn push(&mut self, visible: &str) {
        self.text.extend(visible.chars().filter(|character| !character.is_control()));
        self.columns += visible.chars().count();
    }
}

impl LedStrip {
    /// A strip with all lights out.
    pub fn new(leds: impl IntoIterator<Item = StripLed>, abilities: Abilities) -> Self {
        LedStrip { lights: leds.into_iter().map(|led| (led, 0)).collect(), abilities }
    }

    /// Sets how bright an LED is. Says whether that changed anything; an LED that the strip does not have
    /// changes nothing.
    pub fn set(&mut self, id: u16, brightness: u8) -> bool {
        let light = self.lights.iter_mut().find(|(led, _)| led.id == id);
        light.is_some_and(|(_, shown)| std::mem::replace(shown, brightness) != brightness)
    }

    /// The strip at a time of the program's clock, in fewer than `columns` columns.
    pub fn render(&self, t_us: u64, columns: u16) -> String {
        let room = usize::from(columns).saturating_sub(1);
        let fitting = FORMS.iter().map(|form| self.line(form, t_us)).find(|line| line.columns <= room);
        fitting.map_or_else(String::new, |line| line.text)
    }

    fn line(&self, form: &Form, t_us: u64) -> Line {
        let mut line = Line::default();
        for (index, (led, brightness)) in self.lights.iter().enumerate() {
            if index > 0 {
                line.push(form.gap);
            }
            self.push_light(led, *brightness, &mut line);
            if form.id {
                line.push(&format!(" {}", led.id));
            }
            if form.name {
                line.push(&format!(" {}", led.name));
            }
        }
        if form.clock {
            let (seconds, milliseconds) = (t_us / 1_000_000, t_us / 1_000 % 1_000);
            line.push(&format!(
                "{}t={seconds}.{milliseconds:03} s",
                if self.lights.is_empty() { "" } else { "  " }
            ));
        }
        line
    }

    fn push_light(&self, led: &StripLed, brightness: u8, line: &mut Line) {
        let coloured = self.push_colour(led, brightness, line);
        if coloured && self.abilities.unicode {
            line.push(if brightness > 0 { "●" } else { "○" });
        } else {
            let initial = led.colour.chars().next().unwrap_or('*');
            let letter = match brightness {
                0 => ' ',
                1..=127 => initial.to_ascii_lowercase(),
                128.. => initial.to_ascii_uppercase(),
            };
            line.push(&format!("[{letter}]"));
        }
        if coloured {
            line.text.push_str("\x1b[0m");
        }
    }

    /// Switches to the colour of an LED; says whether there are colours.
    fn push_colour(&self, led: &StripLed, brightness: u8, line: &mut Line) -> bool {
        let shade = SHADES.iter().find(|shade| shade.name == led.colour).unwrap_or(&WHITE);
        let out = &mut line.text;
        // Writing to a string does not fail.
        let _ = match (self.abilities.colours, brightness) {
            (Colours::None, _) => return false,
            // Grey, and not a dark shade of the colour: lit and dark must differ for every eye.
            (_, 0) => write!(out, "\x1b[90m"),
            (Colours::Sixteen, 1..=127) => write!(out, "\x1b[{}m", 30 + shade.basic),
            (Colours::Sixteen, 128..) => write!(out, "\x1b[{}m", 90 + shade.basic),
            (Colours::TrueColour, _) => {
                let [red, green, blue] = shade.red_green_blue.map(|part| dimmed(part, brightness));
                write!(out, "\x1b[38;2;{red};{green};{blue}m")
            }
        };
        true
    }
}

/// A part of a colour at some brightness. Even the faintest light can be told from a dark one.
fn dimmed(part: u8, brightness: u8) -> u8 {
    const FAINTEST: u32 = 80;
    let scale = FAINTEST + (255 - FAINTEST) * u32::from(brightness) / 255;
    u8::try_from(u32::from(part) * scale / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(colours: Colours, unicode: bool) -> LedStrip {
        let leds = ["red", "green", "yellow", "blue"];
        let leds = leds.iter().zip(1..).map(|(colour, id)| StripLed {
            id,
            name: (*colour).into(),
            colour: (*colour).into(),
        });
        LedStrip::new(leds, Abilities { colours, unicode, control_sequences: true })
    }

    /// The line with its colours taken out.
    fn plain(line: &str) -> String {
        let mut parts = line.split("\x1b[");
        let first = parts.next().unwrap_or_default();
        parts.fold(first.into(), |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn lights_names_and_the_clock() {
        let mut strip = strip(Colours::Sixteen, true);
        assert!(strip.set(3, 255));
        assert!(!strip.set(3, 255));
        assert!(!strip.set(9, 255));
        let line = strip.render(12_345_678, 80);
        assert_eq!(plain(&line), "○ 1 red  ○ 2 green  ● 3 yellow  ○ 4 blue  t=12.345 s");
        assert!(line.starts_with("\x1b[90m○\x1b[0m 1 red  "), "{line:?}");
        assert!(line.contains("  \x1b[93m●\x1b[0m 3 yellow  "), "{line:?}");
    }

    #[test]
    fn intensity_dims() {
        let mut strip = strip(Colours::Sixteen, true);
        strip.set(1, 100);
        assert!(strip.render(0, 80).contains("\x1b[31m●"));
        let mut strip = self::strip(Colours::TrueColour, true);
        let mut reds = vec![];
        for brightness in [1, 64, 128, 255] {
            strip.set(1, brightness);
            let line = strip.render(0, 80);
            let red =
                line.strip_prefix("\x1b[38;2;").and_then(|rest| rest.split(';').next()).unwrap_or_default();
            reds.push(red.parse::<u8>().expect("a number"));
        }
        assert!(reds.is_sorted_by(|dim, bright| dim < bright), "{reds:?}");
        assert_eq!(reds[3], 255);
    }

    #[test]
    fn without_colours_letters_in_brackets() {
        let mut strip = strip(Colours::None, true);
        strip.set(1, 255);
        strip.set(4, 20);
        assert_eq!(strip.render(0, 80), "[R] 1 red  [ ] 2 green  [ ] 3 yellow  [b] 4 blue  t=0.000 s");
        let mut strip = self::strip(Colours::Sixteen, false);
        strip.set(1, 255);
        assert!(strip.render(0, 80).starts_with("\x1b[91m[R]\x1b[0m 1 red"));
    }

    #[test]
    fn a_narrow_terminal_gets_less_and_never_a_full_line() {
        let strip = strip(Colours::Sixteen, true);
        let at = |columns| plain(&strip.render(86_400_000_000, columns));
        assert_eq!(at(60), "○ 1 red  ○ 2 green  ○ 3 yellow  ○ 4 blue  t=86400.000 s");
        assert_eq!(at(40), "○ 1 ○ 2 ○ 3 ○ 4  t=86400.000 s");
        assert_eq!(at(25), "○○○○  t=86400.000 s");
        assert_eq!(at(10), "○○○○");
        for columns in 0..100 {
            assert!(at(columns).chars().count() < usize::from(columns).max(1), "{columns}");
        }
    }

    #[test]
    fn any_board_at_all() {
        let odd = StripLed { id: 65535, name: "a\x1b[2Jb\n".into(), colour: "".into() };
        let mut strip = LedStrip::new(
            [odd],
            Abilities { colours: Colours::None, unicode: true, control_sequences: true },
        );
        strip.set(65535, 255);
        assert_eq!(strip.render(u64::MAX, 80), "[*] 65535 a[2Jb  t=18446744073709.551 s");
        let none =
            LedStrip::new([], Abilities { colours: Colours::None, unicode: true, control_sequences: true });
        assert_eq!(none.render(0, 80), "t=0.000 s");
    }
}
