//! The function's process, as Lambda starts it.

use aws_lambda_events::event::firehose::{KinesisFirehoseEvent, KinesisFirehoseResponse};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(
        async |event: LambdaEvent<KinesisFirehoseEvent>| {
            Ok::<KinesisFirehoseResponse, Error>(eyeline_transform::transform(event.payload))
        },
    ))
    .await
}
