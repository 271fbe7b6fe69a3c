//! Station 7: a finished run → a static site on which people look at its figures.
//!
//! [`review`] takes the output folder of a run and writes a folder of plain files that a browser opens from the disk:
//! an index of the documents, and for each document the pictures of its pages with the amounts drawn over them,
//! coloured by verdict, and the sums each amount takes part in. Documents are read again from their files, which must
//! still have the bytes the run has read; what differs is said on the page. One document after the other is read,
//! drawn and written, on as many threads as wanted, so that memory does not grow with the run.
//!
//! Everything that comes out of a document goes into the site as JSON and is set by the scripts as text, never as
//! markup.

mod contents;
mod fonts;
mod run;
mod site;

use crate::batch::{ReportError, read_file, reading_pool, report};
use crate::emit::{EmitError, Entry, Status};
use crate::extract::Extraction;
use crate::pdf::{Album, AlbumError, OpenOptions, Picture, StandIn};
use contents::{Contents, Note, Shown};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use run::Row;
use site::Site;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Stack of a drawing thread: pages may nest drawings deeply.
const STACK_BYTES: usize = 32 << 20;

/// What to make a site of, and how.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The output folder of the run.
    pub run: PathBuf,
    /// Where the site goes; `None` is the folder `review` within the run's.
    pub site: Option<PathBuf>,
    /// Draws all pages, not only those with standard tables or something to look at.
    pub all_pages: bool,
    /// How documents are opened.
    pub open: OpenOptions,
    /// Number of threads; `None` is one per processor.
    pub threads: Option<usize>,
    /// Shows no progress. Nor is any shown where stderr is not a terminal.
    pub quiet: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    /// The page to begin with.
    pub index: PathBuf,
    /// Documents of the run.
    pub documents: usize,
    /// Documents that were read again and can be looked at.
    pub shown: usize,
    /// Documents whose file is not where it was, or cannot be read any more.
    pub missing: usize,
    /// Documents whose file has other bytes than the run has read.
    pub changed: usize,
    /// Pages drawn.
    pub pictures: usize,
    /// Pages that could not be drawn.
    pub failed_pictures: usize,
    /// Bytes written.
    pub bytes: u64,
    /// Documents with Chinese fonts that are not in the file.
    pub without_fonts: usize,
    /// The font drawn in their place; `None` where this machine has none.
    pub stand_in: Option<String>,
}

/// Why there is no site.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// There is no finished run.
    #[error(transparent)]
    Run(#[from] ReportError),
    /// Something else is where the site should go.
    #[error("{}: something else than a review is there", .0.display())]
    Occupied(PathBuf),
    /// The site cannot be written.
    #[error(transparent)]
    Write(#[from] EmitError),
    /// The threads cannot be started.
    #[error("the threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl ReviewError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ReviewError::Run(error) => error.hint(),
            ReviewError::Occupied(_) => "give an empty folder, or one that `kemu review` has written, with --out",
            ReviewError::Write(error) => error.hint(),
            ReviewError::Threads(_) => "ask for fewer with --threads",
        }
    }
}

/// Writes the site for a finished run.
pub fn review(config: &Config) -> Result<Tour, ReviewError> {
    let summary = report(&config.run)?;
    let rows = run::rows(&config.run, &summary)?;
    let site = Site::create(config.site.as_deref().unwrap_or(&config.run.join("review")))?;
    let pool = reading_pool(config.threads, STACK_BYTES)?;
    let guide = Guide { config, site: &site, stand_in: fonts::chinese(), tally: Tally::default() };
    // A duplicate is looked at under the name it was read by.
    let own: Vec<&Row> = rows.iter().filter(|row| row.same_as.is_none()).collect();
    let bar = progress(own.len(), config.quiet);
    let work = |row: &&Row| {
        let done = guide.document(row);
        bar.inc(1);
        done
    };
    pool.install(|| own.par_iter().with_max_len(1).try_for_each(work))?;
    site.index(&summary, &rows)?;
    bar.finish_and_clear();
    Ok(guide.tour(rows.len()))
}

fn progress(documents: usize, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(documents as u64), target);
    match ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} documents, {per_sec}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Goes through the documents.
struct Guide<'a> {
    config: &'a Config,
    site: &'a Site,
    stand_in: Option<StandIn>,
    tally: Tally,
}

#[derive(Default)]
struct Tally {
    shown: AtomicUsize,
    missing: AtomicUsize,
    changed: AtomicUsize,
    pictures: AtomicUsize,
    failed_pictures: AtomicUsize,
    without_fonts: AtomicUsize,
    bytes: AtomicU64,
}

/// The pictures of a document, as far as they were drawn.
#[derive(Default)]
struct Drawn {
    good: BTreeSet<usize>,
    failed: BTreeSet<usize>,
    notes: Vec<Note>,
}

impl Guide<'_> {
    /// Makes the pages of one document.
    fn document(&self, row: &Row) -> Result<(), EmitError> {
        let mut notes = Vec::new();
        let entry = self.read(row, &mut notes);
        let mut drawn = Drawn::default();
        if let Some((entry, extraction)) = entry.as_ref().and_then(|entry| Some((entry, entry.extraction.as_ref()?))) {
            self.tally.shown.fetch_add(1, Ordering::Relaxed);
            drawn = self.draw(row, Path::new(&entry.path), extraction)?;
        }
        notes.append(&mut drawn.notes);
        let extraction = entry.as_ref().and_then(|entry| entry.extraction.as_ref());
        let shown = extraction.map(|extraction| Shown::new(extraction, &drawn.good, &drawn.failed));
        let bytes = self.site.document(&Contents { row, notes, shown })?;
        self.tally.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Reads a document again, if the run could read it.
    fn read(&self, row: &Row, notes: &mut Vec<Note>) -> Option<Entry> {
        if !row.status.is_read() {
            return None;
        }
        let options = crate::Options { open: self.config.open.clone(), second_reader: false };
        let entry = read_file(Path::new(&row.path), row.document.clone(), &options);
        let Some(extraction) = &entry.extraction else {
            self.tally.missing.fetch_add(1, Ordering::Relaxed);
            notes.push(match entry.status {
                Status::Unreadable => Note::new("missing", &row.path),
                Status::Encrypted => Note::new("encrypted", ""),
                _ => Note::new("unread", &entry.message),
            });
            return None;
        };
        if entry.sha256 != row.sha256 {
            self.tally.changed.fetch_add(1, Ordering::Relaxed);
            notes.push(Note::new("changed", &row.path));
        } else if !row.agrees(extraction) {
            notes.push(Note::new("other_reading", ""));
        }
        Some(entry)
    }

    /// Draws the pages of a document that are worth a picture.
    fn draw(&self, row: &Row, path: &Path, extraction: &Extraction) -> Result<Drawn, EmitError> {
        let mut drawn = Drawn::default();
        let wanted = if self.config.all_pages { (1..=extraction.page_count).collect() } else { telling(extraction) };
        if wanted.is_empty() {
            return Ok(drawn);
        }
        let opened = match fs::read(path) {
            Ok(bytes) => Album::open(bytes, &self.config.open, self.stand_in.as_ref()),
            Err(_) => Err(AlbumError::Damaged),
        };
        // Where the two libraries find other pages, a picture may belong to another page.
        let album = opened.ok().filter(|album| album.page_count() == extraction.page_count);
        let Some(album) = album else {
            drawn.failed = wanted;
            drawn.notes.push(Note::new("no_pictures", ""));
            return Ok(drawn);
        };
        let mut written = Ok(());
        album.draw(wanted, |page, picture| {
            let fits = |picture: &Picture| fits(picture, extraction.page_sizes.get(page.saturating_sub(1)));
            match picture.filter(fits) {
                Some(picture) if written.is_ok() => match self.site.picture(&row.document, page, &picture) {
                    Ok(bytes) => {
                        self.tally.bytes.fetch_add(bytes, Ordering::Relaxed);
                        drawn.good.insert(page);
                    }
                    Err(error) => written = Err(error),
                },
                Some(_) => {}
                None => {
                    drawn.failed.insert(page);
                }
            }
        });
        self.tally.pictures.fetch_add(drawn.good.len(), Ordering::Relaxed);
        self.tally.failed_pictures.fetch_add(drawn.failed.len(), Ordering::Relaxed);
        let missing = album.missing_fonts();
        if !missing.is_empty() {
            self.tally.without_fonts.fetch_add(1, Ordering::Relaxed);
            let names = missing.join(", ");
            drawn.notes.push(match &self.stand_in {
                Some(font) => Note::with("replaced_fonts", &names, &font.name),
                None => Note::new("missing_fonts", &names),
            });
        }
        written.map(|()| drawn)
    }

    fn tour(self, documents: usize) -> Tour {
        let Tally { shown, missing, changed, pictures, failed_pictures, without_fonts, bytes } = self.tally;
        Tour {
            index: self.site.index_path(),
            documents,
            shown: shown.into_inner(),
            missing: missing.into_inner(),
            changed: changed.into_inner(),
            pictures: pictures.into_inner(),
            failed_pictures: failed_pictures.into_inner(),
            bytes: bytes.into_inner(),
            without_fonts: without_fonts.into_inner(),
            stand_in: self.stand_in.map(|font| font.name),
        }
    }
}

/// The pages worth a picture: those with standard tables, with findings, or with glyphs nobody has explained.
fn telling(extraction: &Extraction) -> BTreeSet<usize> {
    let document = &extraction.document;
    let standard = document.tables.iter().filter(|table| table.form.is_some_and(|form| form.standard));
    let mut pages: BTreeSet<usize> = standard.flat_map(|table| table.pages.iter().copied()).collect();
    pages.extend(extraction.checks.findings.iter().map(|finding| finding.page));
    pages.extend(document.accounts.iter().filter(|account| account.unexplained > 0).map(|account| account.page));
    pages.retain(|page| (1..=extraction.page_count).contains(page));
    pages
}

/// Has a picture the shape of its page, as the reader of the text knows it? Their scale may differ, by the unit of the page.
fn fits(picture: &Picture, size: Option<&(f32, f32)>) -> bool {
    const TOLERANCE: f32 = 0.01;
    size.is_some_and(|(width, height)| {
        let (shown, read) = (picture.width * height, picture.height * width);
        (shown - read).abs() <= TOLERANCE * shown.max(read)
    })
}

impl fmt::Display for Tour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.bytes / 100_000;
        writeln!(
            f,
            "{} documents, {} of them to be looked at on {} pictures; {}.{} MB",
            self.documents,
            self.shown,
            self.pictures,
            tenths / 10,
            tenths % 10
        )?;
        if self.missing > 0 {
            writeln!(f, "note: {} files are not where the run has read them, or cannot be opened", self.missing)?;
        }
        if self.changed > 0 {
            writeln!(f, "note: {} files have changed since the run", self.changed)?;
        }
        if self.failed_pictures > 0 {
            writeln!(f, "note: {} pages could not be drawn", self.failed_pictures)?;
        }
        if self.without_fonts > 0 && self.stand_in.is_none() {
            writeln!(
                f,
                "note: {} documents use Chinese fonts that are neither in the file nor on this machine: their text is \
                 missing from the pictures; install a Chinese font, such as Noto Sans CJK, and run again",
                self.without_fonts
            )?;
        }
        write!(f, "open {}", self.index.display())
    }
}
