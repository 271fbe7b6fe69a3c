//! Where the time goes: how long each station worked, added up over threads and documents.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// What is timed, in its order.
const STATIONS: [(Station, &str); 11] = [
    (Station::Plan, "plan"),
    (Station::Load, "load"),
    (Station::Open, "open"),
    (Station::Pdf, "pdf"),
    (Station::Page, "page"),
    (Station::Segment, "segment"),
    (Station::Table, "table"),
    (Station::Check, "check"),
    (Station::Emit, "emit"),
    (Station::Store, "store"),
    (Station::Join, "join"),
];

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Station {
    /// The inputs are looked at, and hashed where that tells duplicates.
    Plan,
    /// The file is read and hashed.
    Load,
    /// Its objects are loaded.
    Open,
    /// Content streams become glyphs and marks.
    Pdf,
    /// Glyphs and marks become cells and lines.
    Page,
    /// Cells and lines become tables under their headings.
    Segment,
    /// Tables become typed rows and columns.
    Table,
    /// Rows and columns become verdicts.
    Check,
    /// Verdicts and rows become the text of files.
    Emit,
    /// Files are written and made safe on the disk.
    Store,
    /// The run's files are put together.
    Join,
}

/// How long each station worked, in nanoseconds of wall time of the thread that did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings([u64; STATIONS.len()]);

impl Timings {
    /// Does some work, and notes how long it took.
    pub fn time<T>(&mut self, station: Station, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(station, start.elapsed());
        result
    }

    /// Notes that a station worked for so long.
    pub fn add(&mut self, station: Station, time: Duration) {
        self.0[station as usize] += u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    }

    /// How long a station worked.
    pub fn of(&self, station: Station) -> Duration {
        Duration::from_nanos(self.0[station as usize])
    }
}

impl AddAssign for Timings {
    fn add_assign(&mut self, other: Timings) {
        for (sum, part) in self.0.iter_mut().zip(other.0) {
            *sum += part;
        }
    }
}

impl fmt::Display for Timings {
    /// A line for each station: seconds and share of the whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole: Duration = STATIONS.iter().map(|(station, _)| self.of(*station)).sum();
        write!(f, "{:<8} {:>9} {:>7}", "station", "s", "share")?;
        for (station, name) in STATIONS {
            let time = self.of(station);
            let share = 100.0 * time.as_secs_f64() / whole.as_secs_f64().max(f64::MIN_POSITIVE);
            write!(f, "\n{name:<8} {:>9.3} {share:>5.1} %", time.as_secs_f64())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_whole() {
        let mut timings = Timings::default();
        timings.add(Station::Pdf, Duration::from_millis(1500));
        let mut other = Timings::default();
        other.add(Station::Check, Duration::from_millis(500));
        assert_eq!(other.time(Station::Store, || 7), 7);
        other.0[Station::Store as usize] = 0;
        timings += other;
        let shown = timings.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 1 + STATIONS.len());
        assert_eq!(lines[4], "pdf          1.500  75.0 %");
        assert_eq!(lines[8], "check        0.500  25.0 %");
    }

    #[test]
    fn stations_stand_at_their_places() {
        for (index, (station, _)) in STATIONS.iter().enumerate() {
            assert_eq!(*station as usize, index);
        }
    }
}
