//! Prints a report: one HTML file that needs no network, or JSON for machines.

use minijinja::value::Serde;
use minijinja::{Environment, context};

use super::error::ReportError;
use super::model::Report;
use super::view;

impl Report {
    /// The report as one self-contained HTML file: style, script and charts are inside, nothing is fetched.
    ///
    /// # Errors
    /// When a template fails, which only a broken build can cause.
    pub fn html(&self) -> Result<String, ReportError> {
        self.print(false)
    }

    /// The same page with the live strip and its script, for a server to serve.
    pub(super) fn live_html(&self) -> Result<String, ReportError> {
        self.print(true)
    }

    /// The report as JSON: shares between 0 and 1 with `low`, `high` and `n`, charts without their drawing.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn json(&self) -> Result<String, ReportError> {
        serde_json::to_string_pretty(self).map_err(|error| ReportError::Print(error.to_string()))
    }

    fn print(&self, live: bool) -> Result<String, ReportError> {
        let page = context! {
            generated_at => self.generated_at.replace('T', " ").replace('Z', " UTC"),
            commit => self.commit,
            first_day => self.window.first.clone(),
            last_day => self.window.last.clone(),
            synthetic => self.synthetic.clone(),
            pages => Serde(view::pages(self)),
            live,
            style => include_str!("templates/style.css"),
            script => include_str!("templates/page.js"),
            live_script => include_str!("templates/live.js"),
            now_script => include_str!("templates/now.js"),
            now_style => include_str!("templates/now.css"),
        };
        let mut templates = Environment::new();
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        for (name, text) in [
            ("report.html", include_str!("templates/report.html")),
            ("blocks.html", include_str!("templates/blocks.html")),
            ("now.html", include_str!("templates/now.html")),
        ] {
            templates.add_template(name, text).map_err(printed)?;
        }
        templates
            .get_template("report.html")
            .and_then(|template| template.render(page))
            .map_err(printed)
    }
}

fn printed(error: minijinja::Error) -> ReportError {
    ReportError::Print(error.to_string())
}
