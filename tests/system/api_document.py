"""doc/openapi.yaml: loading it, and checking JSON against its schemas."""
import os
import re
from pathlib import Path

import yaml

DOCUMENT = Path(os.environ["CHIRO_ROOT"]) / "doc/openapi.yaml"
PYTHON_TYPES = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
}


class Document:
    def __init__(self):
        self.content = yaml.safe_load(DOCUMENT.read_text())

    def resolve(self, node):
        while "$ref" in node:
            place = self.content
            for key in node["$ref"].removeprefix("#/").split("/"):
                place = place[key]
            node = place
        return node

    def operations(self):
        """(method, path, operation) of each."""
        for path, item in self.content["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield method.upper(), path, operation

    def find(self, method, target):
        """The operation for a path with values in it."""
        for known, path, operation in self.operations():
            pattern = re.sub(r"\{\w+\}", "[^/]+", path)
            if known == method and re.fullmatch(pattern, target):
                return operation
        return None

    def faults(self, value, schema, where="answer"):
        """What is wrong with a JSON value, in sentences."""
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return
        for part in schema.get("allOf", []):
            yield from self.faults(value, part, where)
        expected = PYTHON_TYPES.get(schema.get("type"))
        if expected is not None and (not isinstance(value, expected) or
                                     (expected is int and isinstance(value, bool))):
            yield f"{where} is {value!r}, which is no {schema['type']}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where} is {value!r}"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{where} is {value!r}"
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{where} is {value!r}"
        if schema.get("format") == "date-time" and \
                not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
            yield f"{where} is {value!r}"
        if expected is list:
            for number, item in enumerate(value):
                yield from self.faults(item, schema["items"], f"{where}[{number}]")
        if expected is dict:
            yield from self.object_faults(value, schema, where)

    def object_faults(self, value, schema, where):
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where} lacks {name}"
        for name, member in value.items():
            if name in known:
                yield from self.faults(member, known[name], f"{where}.{name}")
            elif others is False:
                yield f"{where} has {name}"
            elif others is not True:
                yield from self.faults(member, others, f"{where}.{name}")
