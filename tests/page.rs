//! Station 2: which lines of dots and dashes rule a table, and which do not; which figures stand apart.

use kemu::geometry::Rect;
use kemu::page::{Layout, lay_out};
use kemu::pdf::{Direction, Glyph, Mark, Page, Shape};

/// How one line of dots is drawn.
#[derive(Clone, Copy)]
struct Dots {
    /// Length and thickness of a dot.
    dot: (f32, f32),
    step: f32,
    stroked: bool,
}

const SQUARES: Dots = Dots { dot: (0.75, 0.75), step: 1.5, stroked: false };

fn black(shape: Shape) -> Mark {
    Mark { shape, luminance: 0 }
}

fn line(from: (f32, f32), to: (f32, f32)) -> Mark {
    black(Shape::Stroke { from, to, width: 0.5, dashed: false })
}

/// A line from one point to another, straight across or straight down.
fn dotted(dots: Dots, from: (f32, f32), to: (f32, f32)) -> Vec<Mark> {
    let (long, thick) = dots.dot;
    let length = (to.0 - from.0).max(to.1 - from.1);
    let across = to.0 > from.0;
    let place = |along: f32| if across { (from.0 + along, from.1) } else { (from.0, from.1 + along) };
    let mark = |along: f32| {
        let ((x, y), end) = (place(along), place(along + long));
        let half = thick / 2.0;
        black(match (dots.stroked, across) {
            (true, _) => Shape::Stroke { from: (x, y), to: end, width: thick, dashed: false },
            (false, true) => Shape::Fill(Rect { x0: x, y0: y - half, x1: end.0, y1: y + half }),
            (false, false) => Shape::Fill(Rect { x0: x - half, y0: y, x1: x + half, y1: end.1 }),
        })
    };
    (0..=(length / dots.step) as usize).map(|n| mark(n as f32 * dots.step)).collect()
}

fn text(x: f32, y: f32, text: &str) -> Vec<Glyph> {
    let glyph = |(n, unicode): (usize, char)| {
        let x = x + 10.0 * n as f32;
        Glyph {
            unicode,
            bbox: Rect { x0: x, y0: y - 8.0, x1: x + 10.0, y1: y + 2.0 },
            origin: (x, y),
            size: 10.0,
            direction: Direction::Right,
            luminance: 0,
            font: 0,
            run: 0,
        }
    };
    text.chars().enumerate().map(glyph).collect()
}

fn page(marks: Vec<Mark>, glyphs: Vec<Glyph>) -> Layout {
    lay_out(&Page { number: 1, width: 600.0, height: 800.0, marks, glyphs, ..Page::default() })
}

/// Three columns and four rows of cells from 100, 100.
fn lattice(dots: Dots) -> Vec<Mark> {
    let across = (0..5).flat_map(|n| dotted(dots, (100.0, 100.0 + 20.0 * n as f32), (400.0, 100.0 + 20.0 * n as f32)));
    let down = (0..4).flat_map(|n| dotted(dots, (100.0 + 100.0 * n as f32, 100.0), (100.0 + 100.0 * n as f32, 180.0)));
    across.chain(down).collect()
}

#[test]
fn lines_of_dots_or_dashes_rule_a_table_however_they_are_drawn() {
    let dashes = Dots { dot: (5.0, 0.7), step: 9.0, stroked: false };
    let ways = [
        SQUARES,
        Dots { stroked: true, ..SQUARES },
        Dots { dot: (1.5, 1.5), step: 3.5, stroked: false },
        Dots { dot: (2.0, 0.5), step: 4.0, stroked: false },
        dashes,
        Dots { stroked: true, ..dashes },
    ];
    for (way, dots) in ways.into_iter().enumerate() {
        let layout = page(lattice(dots), text(110.0, 115.0, "合计"));
        let grids: Vec<(usize, usize)> =
            layout.grids.iter().map(|grid| (grid.row_count(), grid.column_count())).collect();
        assert_eq!(grids, [(4, 3)], "way {way}");
        assert_eq!(layout.grids[0].cells[0].text, "合计", "way {way}");
    }
}

#[test]
fn dotted_lines_divide_a_solid_frame() {
    let mut marks = dotted(SQUARES, (100.0, 130.0), (400.0, 130.0));
    let corners = [(100.0, 100.0), (400.0, 100.0), (400.0, 160.0), (100.0, 160.0), (100.0, 100.0)];
    marks.extend(corners.windows(2).map(|ends| line(ends[0], ends[1])));
    let layout = page(marks, Vec::new());
    assert_eq!(layout.grids.len(), 1);
    assert_eq!((layout.grids[0].row_count(), layout.grids[0].column_count()), (2, 1));
}

#[test]
fn leaders_of_a_table_of_contents_rule_nothing() {
    let mut marks = Vec::new();
    let mut glyphs = Vec::new();
    for n in 0..8 {
        let y = 100.0 + 20.0 * n as f32;
        glyphs.extend(text(60.0, y, "收入决算表"));
        marks.extend(dotted(SQUARES, (114.0, y), (500.0, y)));
        glyphs.extend(text(504.0, y, "7"));
    }
    let layout = page(marks, glyphs);
    assert!(layout.grids.is_empty());
    assert_eq!(layout.loose_rulings, [0.0; 0]);
    assert_eq!(layout.lines.len(), 8);
}

#[test]
fn dots_that_fill_an_area_rule_nothing() {
    // Squares, and squares by all but the rounding of their corners.
    for dot in [(0.75, 0.75), (0.75, 0.749), (0.749, 0.75)] {
        let dots = Dots { dot, ..SQUARES };
        let y = |n: usize| 100.0 + 1.5 * n as f32;
        let marks = (0..60).flat_map(|n| dotted(dots, (100.0, y(n)), (200.0, y(n))));
        let layout = page(marks.collect(), Vec::new());
        assert!(layout.grids.is_empty() && layout.loose_rulings.is_empty(), "{dot:?}");
    }
}

#[test]
fn the_dotted_lines_of_a_chart_rule_nothing() {
    // Two axes, lines that start at one of them, and columns that stand on the other.
    let mut marks = vec![line((100.0, 100.0), (100.0, 300.0)), line((100.0, 300.0), (400.0, 300.0))];
    for n in 0..4 {
        let y = 140.0 + 40.0 * n as f32;
        marks.extend(dotted(SQUARES, (100.0, y), (400.0, y)));
        let x = 150.0 + 60.0 * n as f32;
        marks.push(black(Shape::Fill(Rect { x0: x, y0: y, x1: x + 20.0, y1: 300.0 })));
    }
    let bare = page(marks.iter().take(2).copied().collect(), Vec::new());
    assert_eq!(page(marks, Vec::new()).grids.len(), bare.grids.len());
}

#[test]
fn dots_at_unequal_distances_are_no_line() {
    let corners = [(60.0, 90.0), (260.0, 90.0), (260.0, 120.0), (60.0, 120.0), (60.0, 90.0)];
    let mut marks: Vec<Mark> = corners.windows(2).map(|ends| line(ends[0], ends[1])).collect();
    let mut x = 60.0;
    for step in [1.2, 1.7, 2.2, 2.7, 3.2].into_iter().cycle().take(90) {
        marks.push(black(Shape::Fill(Rect { x0: x, y0: 105.0, x1: x + 0.75, y1: 105.75 })));
        x += step;
    }
    assert!(x > 255.0);
    assert!(page(marks, Vec::new()).grids.is_empty(), "a frame of one cell is no grid");
}

#[test]
fn tables_beside_each_other_have_their_own_headings_and_notes() {
    let dots = Dots { stroked: true, dot: (100.0, 0.5), step: 100.0 };
    let frame = |x: f32| {
        let across = (0..3).flat_map(move |n| {
            let y = 100.0 + 20.0 * n as f32;
            dotted(dots, (x, y), (x + 150.0, y))
        });
        let down = (0..3).map(move |n| line((x + 100.0 * n as f32, 100.0), (x + 100.0 * n as f32, 140.0)));
        across.chain(down).collect::<Vec<Mark>>()
    };
    let marks = [frame(50.0), frame(300.0)].concat();
    let mut glyphs = text(200.0, 40.0, "一条写在两张表上面的标题行");
    for (x, words) in [(60.0, ["收入表", "单位", "注左"]), (310.0, ["支出表", "万元", "注右"])] {
        for (y, word) in [70.0, 90.0, 155.0].into_iter().zip(words) {
            glyphs.extend(text(x, y, word));
        }
    }
    let layout = page(marks, glyphs);
    assert_eq!(layout.grids.len(), 2);
    assert_eq!(layout.gutters.len(), 1);
    let lines: Vec<&str> = layout.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["一条写在两张表上面的标题行", "收入表", "支出表", "单位", "万元", "注左", "注右"]);
    let inside = layout.lines.iter().filter(|line| layout.gutters[0].holds(&line.bbox)).count();
    assert_eq!(inside, 6, "the line over both tables belongs to neither");
}

#[test]
fn figures_that_are_set_anew_stand_apart() {
    // An amount at the right edge of its column, and the code of the next one a quarter of an em from it.
    let both = |gap: f32, run: u32| {
        let mut glyphs = text(100.0, 100.0, "770.35");
        glyphs.extend(text(160.0 + gap, 100.0, "30201").into_iter().map(|glyph| Glyph { run, ..glyph }));
        let layout = page(Vec::new(), glyphs);
        layout.lines[0].words.iter().map(|word| word.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(both(2.5, 1), ["770.35", "30201"]);
    assert_eq!(both(2.5, 0), ["770.3530201"], "one run may be spaced");
    assert_eq!(both(0.5, 1), ["770.3530201"], "a run may go on where the last one ended");
}
