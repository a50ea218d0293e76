"""Starts a stand-in by hand: python -m sparkify_assets_tests.aws_stand_in."""

from sparkify_assets_tests.aws_stand_in.server import REGION, AwsStandIn

stand_in = AwsStandIn()
print(
    f"export AWS_ENDPOINT_URL={stand_in.url} AWS_DEFAULT_REGION={REGION} "
    "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test",
    flush=True,
)
try:
    stand_in.serve()
except KeyboardInterrupt:
    stand_in.stop()
