"""The Python side of the measurement: a low-code source for the API, a plain one for the engine.

    python source.py spec|check|read --config FILE --catalog FILE

The config is the one of the Go sources.
"""

import sys
from typing import Any, Iterable, List, Mapping, Optional, Tuple

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.models import ConnectorSpecification
from airbyte_cdk.sources import AbstractSource
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)
from airbyte_cdk.sources.streams import Stream

SPEC = {
    "type": "object",
    "required": ["shape"],
    "properties": {
        "shape": {"type": "string"},
        "url": {"type": "string"},
        "pages": {"type": "integer"},
        "slices": {"type": "integer"},
        "count": {"type": "integer"},
        "parents": {"type": "integer"},
    },
}


def retriever(path: str, paged: bool) -> dict:
    """A retriever that follows the token of a page, as the Go sources do."""
    requester = {
        "type": "HttpRequester",
        "url_base": "{{ config['url'] }}",
        "path": path,
        "http_method": "GET",
    }
    paginator: dict = {"type": "NoPagination"}
    if paged:
        requester["request_parameters"] = {"pages": "{{ config['pages'] }}"}
        paginator = {
            "type": "DefaultPaginator",
            "pagination_strategy": {
                "type": "CursorPagination",
                "cursor_value": "{{ response['meta']['next_cursor'] }}",
                "stop_condition": "{{ not response['meta']['next_cursor'] }}",
            },
            "page_token_option": {
                "type": "RequestOption",
                "inject_into": "request_parameter",
                "field_name": "cursor",
            },
        }
    return {
        "type": "SimpleRetriever",
        "requester": requester,
        "record_selector": {
            "type": "RecordSelector",
            "extractor": {"type": "DpathExtractor", "field_path": ["data"]},
        },
        "paginator": paginator,
    }


def stream(name: str, path: str, paged: bool = False) -> dict:
    return {
        "type": "DeclarativeStream",
        "name": name,
        "primary_key": ["id"],
        "retriever": retriever(path, paged),
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {"type": "object", "properties": {}},
        },
    }


def manifest(config: Mapping[str, Any]) -> dict:
    full = stream("full", "records", paged=True)
    slices = stream("slices", "records", paged=True)
    slices["incremental_sync"] = {
        "type": "DatetimeBasedCursor",
        "cursor_field": "updated_at",
        "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
        "start_datetime": config.get("start", "2020-01-01T00:00:00Z"),
        "end_datetime": config.get("end", "2020-01-31T00:00:00Z"),
        "step": "P30D",
        "cursor_granularity": "PT1S",
        "start_time_option": {
            "type": "RequestOption",
            "inject_into": "request_parameter",
            "field_name": "since",
        },
        "end_time_option": {
            "type": "RequestOption",
            "inject_into": "request_parameter",
            "field_name": "until",
        },
    }
    children = stream(
        "children", "parents/{{ stream_partition.parent_id }}/children"
    )
    children["retriever"]["partition_router"] = {
        "type": "SubstreamPartitionRouter",
        "parent_stream_configs": [
            {
                "type": "ParentStreamConfig",
                "parent_key": "id",
                "partition_field": "parent_id",
                "stream": stream("parents", "parents"),
            }
        ],
    }
    return {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["full"]},
        "streams": [full, slices, children],
        "spec": {
            "type": "Spec",
            "connection_specification": SPEC,
        },
    }


class Synthetic(Stream):
    """Records that are there already. The copy is what a source makes anyway."""

    primary_key = "id"
    name = "synthetic"

    def __init__(self, config: Mapping[str, Any]):
        self.record = config["record"]
        self.count = config["count"]

    def get_json_schema(self) -> Mapping[str, Any]:
        return {"type": "object", "properties": {}}

    def read_records(self, *args: Any, **kwargs: Any) -> Iterable[Mapping[str, Any]]:
        for _ in range(self.count):
            yield dict(self.record)


class Plain(AbstractSource):
    def spec(self, logger: Any) -> ConnectorSpecification:
        return ConnectorSpecification(connectionSpecification=SPEC)

    def check_connection(self, logger: Any, config: Any) -> Tuple[bool, Optional[Any]]:
        return True, None

    def streams(self, config: Mapping[str, Any]) -> List[Stream]:
        return [Synthetic(config)]


def main(args: List[str]) -> None:
    config: Mapping[str, Any] = {}
    path = AirbyteEntrypoint.extract_config(args)
    if path:
        config = ConcurrentDeclarativeSource.read_config(path)
    if "record" in config:
        launch(Plain(), args)
        return
    catalog = AirbyteEntrypoint.extract_catalog(args)
    state = AirbyteEntrypoint.extract_state(args)
    source = ConcurrentDeclarativeSource(
        catalog=ConcurrentDeclarativeSource.read_catalog(catalog) if catalog else None,
        config=config,
        state=ConcurrentDeclarativeSource.read_state(state) if state else None,
        source_config=manifest(config),
    )
    launch(source, args)


main(sys.argv[1:])
