"""The star as Parquet files: lazy frames over the whole lake, collected together, no checks."""

import os
from pathlib import Path

import polars as pl

LAKE, OUT = Path(os.environ["LAKE"]), Path(os.environ["DATABASE"])
EVENT = {
    "artist": pl.String, "firstName": pl.String, "gender": pl.String, "itemInSession": pl.Int32,
    "lastName": pl.String, "length": pl.Float64, "level": pl.String, "location": pl.String, "page": pl.String,
    "sessionId": pl.Int32, "song": pl.String, "ts": pl.Int64, "userAgent": pl.String, "userId": pl.String,
}  # fmt: skip
SONG = {
    "artist_id": pl.String, "artist_latitude": pl.Float64, "artist_location": pl.String, "artist_longitude": pl.Float64,
    "artist_name": pl.String, "duration": pl.Float64, "song_id": pl.String, "title": pl.String, "year": pl.Int32,
}  # fmt: skip
PLAY = ["session_id", "item_in_session"]
PLAYED = ["title", "artist", "length"]


def trimmed(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars_end(" ")


def songs_of(records: pl.LazyFrame) -> pl.LazyFrame:
    return (
        records.sort("year", "title", "artist_name", descending=[True, False, False])
        .unique("song_id", keep="first", maintain_order=True)
        .select("song_id", "title", "artist_id", "year", "duration", "artist_name")
    )


def artists_of(records: pl.LazyFrame) -> pl.LazyFrame:
    no_place = pl.col("artist_location").fill_null("") == ""
    return (
        records.sort(
            pl.col("artist_latitude").is_null(), no_place, "year", "song_id", descending=[False, False, True, False]
        )
        .unique("artist_id", keep="first", maintain_order=True)
        .select(
            "artist_id",
            name="artist_name",
            location="artist_location",
            latitude="artist_latitude",
            longitude="artist_longitude",
        )
    )


def users_of(events: pl.LazyFrame) -> pl.LazyFrame:
    return (
        events.filter(pl.col("user_id").is_not_null())
        .group_by("user_id")
        .agg(pl.col("first_name", "last_name", "gender", "level").sort_by("ts", *PLAY).last())
    )


def songplays_of(events: pl.LazyFrame, songs: pl.LazyFrame) -> pl.LazyFrame:
    plays = events.filter(pl.col("page") == "NextSong").sort("ts").unique(PLAY, keep="first")
    catalog = songs.select("song_id", "artist_id", "duration", key=trimmed("title"), credited=trimmed("artist_name"))
    matches = (
        plays.select(PLAYED)
        .unique()
        .with_columns(key=trimmed("title"), credited=trimmed("artist"))
        .join(catalog, on=["key", "credited"])
        .sort((pl.col("duration") - pl.col("length")).abs(), "song_id", nulls_last=True)
        .unique(PLAYED, keep="first")
        .select(*PLAYED, "song_id", "artist_id")
    )
    return plays.join(matches, on=PLAYED, how="left", nulls_equal=True).select(
        *PLAY, "user_id", "level", "song_id", "artist_id", "location", "user_agent",
        start_time=pl.from_epoch("ts", time_unit="ms"),
        played_title="title",
        played_artist="artist",
        played_seconds=(pl.col("length") + 0.5).floor().cast(pl.Int32),
    )  # fmt: skip


def time_of(songplays: pl.LazyFrame) -> pl.LazyFrame:
    start = pl.col("start_time")
    return songplays.select(start.unique()).with_columns(
        hour=start.dt.hour(),
        day=start.dt.day(),
        week=start.dt.week(),
        month=start.dt.month(),
        year=start.dt.year(),
        weekday=start.dt.strftime("%A"),
    )


def main() -> None:
    events = pl.scan_ndjson(LAKE / "log_data/*/*/*.json", schema=EVENT).select(
        "artist", "length", "page", "level", "location", "gender", "ts",
        title="song",
        first_name="firstName",
        last_name="lastName",
        user_id=pl.col("userId").cast(pl.Int32, strict=False),
        session_id="sessionId",
        item_in_session="itemInSession",
        user_agent="userAgent",
    )  # fmt: skip
    records = pl.scan_ndjson(LAKE / "song_data/*/*/*/*.json", schema=SONG)
    songs = songs_of(records)
    songplays = songplays_of(events, songs)
    tables = {
        "users": users_of(events),
        "songs": songs,
        "artists": artists_of(records),
        "songplays": songplays,
        "time": time_of(songplays),
    }
    OUT.mkdir(exist_ok=True)
    for name, frame in zip(tables, pl.collect_all(tables.values()), strict=True):
        frame.write_parquet(OUT / f"{name}.parquet")


if __name__ == "__main__":
    main()
