//! What the report says of volumes that were read at the source.

use crate::jobs::ReportView;
use crate::jobs::state::JobRecord;
use crate::line::{Line, LineCode};

pub(crate) fn tell(record: &JobRecord, name: impl Fn(&str) -> String, report: &mut ReportView) {
    let mut marks = Vec::new();
    for (id, _, came) in record.reading.read() {
        let facts = [
            ("name", name(id)),
            ("count", came.volumes.to_string()),
            ("files", came.files.to_string()),
            ("bytes", came.bytes.to_string()),
        ];
        report.arrived.push(Line::new(LineCode::ReportRead, facts));
        let job = record.reading.components.get(id).map(|one| one.name.as_str()).unwrap_or_default();
        marks.push(rainferry_helper::marker_name(job));
    }
    if !marks.is_empty() {
        report.arrived.push(Line::new(LineCode::ReportReadMarks, [("names", marks.join(", "))]));
    }
    if let Some(image) = &record.reading.image.there {
        report.arrived.push(Line::new(LineCode::ReportReaderImage, [("name", image.clone())]));
    }
}
