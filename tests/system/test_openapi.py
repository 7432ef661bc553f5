#!/usr/bin/env python3
"""doc/openapi.yaml says what the tables of the program say, and nothing else.

    test_openapi.py <api_tables>
"""
import json
import subprocess
import sys

try:
    from api_document import Document
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

SIMPLE = {
    "bool": {"type": "boolean"}, "number": {"type": "integer", "format": "int64", "minimum": 0},
    "signed": {"type": "integer", "format": "int64"},
    "time": {"type": "string", "format": "date-time"}, "text": {"type": "string"},
    "octets": {"type": "string", "format": "byte"},
    "hash": {"$ref": "#/components/schemas/Hash"},
    "hex": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "channel": {"$ref": "#/components/schemas/ChannelId"},
    "setup": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}


def without_words(schema):
    """A schema without description, and without an allOf of one around it."""
    schema = {key: value for key, value in schema.items() if key != "description"}
    if list(schema) == ["allOf"] and len(schema["allOf"]) == 1:
        return schema["allOf"][0]
    return schema


def nullable(schema):
    if "$ref" in schema:
        return {"nullable": True, "allOf": [schema]}
    return {**schema, "nullable": True}


def expected_schema(field):
    def of(kind):
        return {"$ref": f"#/components/schemas/{field['record']}"} if kind == "record" \
            else SIMPLE[kind]

    if field["type"] in ("list", "map"):
        element = of(field["element"])
        if field["nullable_elements"]:
            element = nullable(element)
        schema = {"type": "array", "items": element} if field["type"] == "list" \
            else {"type": "object", "additionalProperties": element}
    else:
        schema = of(field["type"])
    return nullable(schema) if field["presence"] == "nullable" else schema


class Comparison:
    def __init__(self, document, tables):
        self.document = document
        self.tables = tables
        self.schemas = document.content["components"]["schemas"]
        self.used = {"ChannelId", "Hash", "Failure"}

    def record(self, name):
        """Faults of the schema for a record and those inside it."""
        if name in self.used:
            return
        self.used.add(name)
        schema = self.schemas.get(name)
        if schema is None:
            yield f"there is no schema {name}"
            return
        fields = [field for field in self.tables["records"][name] if field["place"] == "body"]
        named = {field["name"]: field for field in fields if field["name"]}
        properties = schema.get("properties", {})
        if list(properties) != list(named):
            yield f"{name} has {list(properties)}, not {list(named)}"
            return
        required = [key for key, field in named.items() if field["presence"] != "optional"]
        if schema.get("required", []) != required:
            yield f"{name} requires {schema.get('required')}, not {required}"
        for key, field in named.items():
            expected, found = expected_schema(field), without_words(properties[key])
            if expected != found:
                yield f"{name}.{key} is {found}, not {expected}"
        others = [expected_schema(field)["additionalProperties"] for field in fields
                  if not field["name"]]
        if schema.get("additionalProperties") != (others[0] if others else False):
            yield f"{name}: additionalProperties"
        for field in fields:
            if "record" in field:
                yield from self.record(field["record"])

    def parameters(self, route, operation):
        path = self.document.content["paths"][route["path"]]
        found = [self.document.resolve(parameter)
                 for parameter in path.get("parameters", []) + operation.get("parameters", [])]
        expected = {(field["name"], field["place"].removesuffix("-others"))
                    for field in self.tables["records"][route["request"]]
                    if field["place"] in ("path", "query", "query-others")}
        if {(parameter["name"], parameter["in"]) for parameter in found} != expected:
            yield f"{route['method']} {route['path']}: parameters, not {sorted(expected)}"
        always = {field["name"] for field in self.tables["records"][route["request"]]
                  if field["place"] in ("path", "query") and field["presence"] == "always"}
        if {parameter["name"] for parameter in found if parameter.get("required")} != always:
            yield f"{route['method']} {route['path']}: required parameters, not {sorted(always)}"

    def content(self, where, found, record, kind):
        """A body, of a request or an answer: octets, or JSON of a record."""
        fields = [field for field in self.tables["records"][record] if field["place"] == kind]
        if any(field["type"] == "content" for field in self.tables["records"][record]):
            if list(found) != ["application/octet-stream"]:
                yield f"{where} is not of octets"
        elif kind == "body" and (fields or record == "Nothing"):
            reference = {"$ref": f"#/components/schemas/{record}"}
            if found.get("application/json", {}).get("schema") != reference:
                yield f"{where} is not of {record}"
            yield from self.record(record)
        elif found:
            yield f"{where} has a body"

    def route(self, route):
        where = f"{route['method']} {route['path']}"
        operation = self.document.content["paths"].get(route["path"], {}).get(
            route["method"].lower())
        if operation is None:
            yield f"{where} is not described"
            return
        if operation.get("x-permission") != route["permission"]:
            yield f"{where}: permission {operation.get('x-permission')}"
        yield from self.parameters(route, operation)
        yield from self.content(f"{where}: request",
                                operation.get("requestBody", {}).get("content", {}),
                                route["request"], "body")
        answer = operation["responses"].get(str(route["status"]))
        if answer is None:
            yield f"{where}: no answer {route['status']}"
            return
        yield from self.content(f"{where}: answer", answer["content"], route["reply"], "body")

    def leftovers(self):
        known = {(route["method"], route["path"]) for route in self.tables["routes"]}
        for method, path, _ in self.document.operations():
            if (method, path) not in known:
                yield f"{method} {path} does not exist"
        for name in self.schemas:
            if name not in self.used:
                yield f"schema {name} is used by nothing"


def main():
    tables = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True).stdout)
    comparison = Comparison(Document(), tables)
    failed = False
    cases = [(f"{route['method']} {route['path']}", list(comparison.route(route)))
             for route in tables["routes"]]
    cases.append(("nothing else is described", list(comparison.leftovers())))
    for number, (name, faults) in enumerate(cases, start=1):
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in faults:
            print(f"# {fault}")
        failed = failed or bool(faults)
    print(f"1..{len(cases)}")
    sys.exit(failed)


main()
