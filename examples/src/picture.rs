//! Pictures as SVG, which follow the reader's light or dark theme.

use std::fmt::Write as _;

/// A picture that is being drawn.
pub struct Picture {
    width: u32,
    height: u32,
    shapes: String,
}

/// The colours of what is drawn, by what it means.
#[derive(Clone, Copy)]
pub enum Ink {
    /// Text and axes.
    Plain,
    /// What helps to read the rest.
    Faint,
    /// Failures, and what they lead to.
    Bad,
    /// Successes, and what they lead to.
    Good,
    /// In between.
    Unsure,
}

impl Ink {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Faint => "faint",
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Unsure => "unsure",
        }
    }
}

/// Which part of a text is at its place.
#[derive(Clone, Copy)]
pub enum Anchor {
    /// The text begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328 } text.title { font-weight: 600; font-size: 15px }
text.code { font-family: ui-monospace, monospace } text.faint { fill: #59636e }
rect.ground { fill: #ffffff } .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
.line.plain { stroke: #1f2328; stroke-width: 1 } .line.faint { stroke: #d1d9e0; stroke-width: 1 }
.line.bad { stroke: #cf222e } .line.good { stroke: #1a7f37 } .line.unsure { stroke: #9a6700 }
.area.plain { fill: #1f2328 } .area.faint { fill: #d1d9e0 }
.area.bad { fill: #cf222e } .area.good { fill: #1a7f37 } .area.unsure { fill: #bf8700 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } text.faint { fill: #9198a1 } rect.ground { fill: #0d1117 }
.line.plain { stroke: #f0f6fc } .line.faint { stroke: #3d444d }
.line.bad { stroke: #f85149 } .line.good { stroke: #3fb950 } .line.unsure { stroke: #d29922 }
.area.plain { fill: #f0f6fc } .area.faint { fill: #3d444d }
.area.bad { fill: #f85149 } .area.good { fill: #3fb950 } .area.unsure { fill: #d29922 } }";

impl Picture {
    /// An empty picture of this size.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, shapes: String::new() }
    }

    /// Draws a line through these points.
    pub fn line(&mut self, ink: Ink, points: &[(f64, f64)]) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let (class, points) = (ink.class(), points.join(" "));
        self.add(format_args!(r#"<polyline class="line {class}" points="{points}"/>"#));
    }

    /// Fills a rectangle.
    pub fn area(&mut self, ink: Ink, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let class = ink.class();
        self.add(format_args!(
            r#"<rect class="area {class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
        ));
    }

    /// Writes a text.
    pub fn text(&mut self, class: &str, anchor: Anchor, (x, y): (f64, f64), text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.add(format_args!(
            r#"<text class="{class}" text-anchor="{anchor}" x="{x:.1}" y="{y:.1}">{text}</text>"#
        ));
    }

    fn add(&mut self, shape: std::fmt::Arguments<'_>) {
        writeln!(self.shapes, "{shape}").expect("a string can be written to");
    }

    /// The content of a file with the picture.
    pub fn into_svg(self) -> String {
        let Self { width, height, shapes } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
             <style>{STYLE}</style>\n<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n{shapes}</svg>\n"
        )
    }
}
