//! Firehose's error output: each line holds a record that its function could not transform, which is as many raw lines as the collector
//! packed into it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// A line, in the words of
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html#data-transformation-failure-handling>. Its counts and times
/// are numbers or text, by the age of what wrote them, and say nothing that a raw line does not say itself: they are not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failed<'l> {
    #[serde(borrow)]
    raw_data: Cow<'l, str>,
}

/// The raw lines that a line of error output holds; where it holds none, the line itself, which the decoder refuses and counts.
pub(super) fn raw_lines(line: &[u8]) -> Cow<'_, [u8]> {
    let failed = serde_json::from_slice::<Failed<'_>>(line).ok();
    let record = failed.and_then(|failed| BASE64_STANDARD.decode(failed.raw_data.as_bytes()).ok());
    record.map_or(Cow::Borrowed(line), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_comes_out_whether_counts_are_numbers_or_text() {
        let lines = [
            r#"{"attemptsMade":4,"arrivalTimestamp":1574553634000,"errorCode":"Lambda.FunctionError","errorMessage":"x","attemptEndingTimestamp":1574553635000,"rawData":"b25lCnR3bwo=","lambdaArn":"arn:aws:lambda:eu-west-1:000000000000:function:t:$LATEST"}"#,
            r#"{"attemptsMade":"4","arrivalTimestamp":"1574553634000","errorCode":"Lambda.FunctionError","errorMessage":"x","attemptEndingTimestamp":"1574553635000","rawData":"b25lCnR3bwo=","lambdaArn":"arn"}"#,
            r#"{"rawData":"b25lCnR3\u0062wo="}"#,
        ];
        for line in lines {
            assert_eq!(&*raw_lines(line.as_bytes()), b"one\ntwo\n", "{line}");
        }
    }

    #[test]
    fn what_holds_no_record_stays_as_it_is() {
        for line in ["", "{", "{}", r#"{"rawData":"%"}"#, r#"{"rawData":4}"#] {
            assert_eq!(&*raw_lines(line.as_bytes()), line.as_bytes());
        }
    }
}
