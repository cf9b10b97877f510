"""Makes the OpenAPI document that Prism judges by, out of a public description and a table of what differs and why.

Three steps, none of which makes the judge milder than the table says:
1. the description: a document as it was published, or, where no package carries one, a table of members (`schemas`, `methods`);
2. the table's `changes` and then its `allowed` deviations, each a place in the document and what is put there;
3. every object is closed: a member that the document does not know is a violation too, where OpenAPI would let it pass.
"""
import copy
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
FORMS = {"string": {"type": "string"}, "integer": {"type": "integer"}, "number": {"type": "number"},
         "boolean": {"type": "boolean"}, "date-time": {"type": "string", "format": "date-time"}}


def table(name):
    """What stands in NAME.json on top of the table it is built on, with all `rows` in the order in which they apply."""
    own = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    below = table(own["on"]) if "on" in own else {"rows": []}
    rows = below["rows"] + own.get("changes", []) + [{**row, "allowed": True} for row in own.get("allowed", [])]
    return {**below, **own, "rows": rows}


def build(name, published, allowed=True):
    """The document for one table. published: where published documents are; allowed: with the deviations, or without."""
    what = table(name)
    if "published" in what:
        document = json.loads((pathlib.Path(published) / what["published"]).read_text(encoding="utf-8"))
        document["paths"] = {path: {"get": methods["get"], **{key: methods[key] for key in methods if key == "parameters"}}
                             for path, methods in document["paths"].items() if path in what["paths"]}
    else:
        document = written(what)
    document["servers"] = []
    for row in what["rows"]:
        if allowed or not row.get("allowed"):
            apply(document, row)
    document["paths"] = {what.get("prefix", "") + path: methods for path, methods in document["paths"].items()}
    document["paths"].update(what.get("beside", {}))
    schemas = document["components"]["schemas"]
    return close(document, schemas)


# ---- a description written as a table of members ----

def written(what):
    """`schemas`: NAME: {MEMBER: FORM}; `methods`: PATH: {"query": {...}, "answer": {...}}. A ! behind a name: it is always there.
    "+" takes over another schema's members, `forms` replaces some of FORMS. `common` is asked for with each method, `envelope`
    stands around each answer."""
    schemas = {name: {**what["schemas"].get(row.get("+"), {}), **row} for name, row in what["schemas"].items()}
    forms = {**FORMS, **what.get("forms", {})}
    schemas = {name: members(row, forms) for name, row in schemas.items()}
    schemas["Failed"] = members(what["envelope"]["failed"], forms)
    paths = {path: {method: operation(what, row, method) for method in ("get", "post")} for path, row in what["methods"].items()}
    return {"openapi": "3.0.3", "info": {"title": what["title"], "version": what["version"]}, "paths": paths,
            "components": {"schemas": schemas}}


def members(row, forms=FORMS):
    row = {name: text for name, text in row.items() if name != "+"}
    return {"type": "object", "properties": {name.rstrip("!"): form(text, forms) for name, text in row.items()},
            "required": [name[:-1] for name in row if name.endswith("!")]}


def form(text, forms):
    """"[X]": a list of X; "a|b": one of these words; "1..5": a whole number from 1 to 5; a form's name, or a schema's."""
    if text.startswith("["):
        return {"type": "array", "items": form(text[1:-1], forms)}
    if ".." in text:
        low, high = text.split("..")
        return {"type": "integer", "minimum": int(low), **({"maximum": int(high)} if high else {})}
    if "|" in text:
        words = text[:-1] if text.endswith("|") else text
        return {"type": "string", "enum": words.split("|")}
    return dict(forms[text]) if text in forms else {"$ref": f"#/components/schemas/{text}"}


def operation(what, row, method):
    asked = members({**row["query"], **what["common"]})
    given = members({**what["envelope"]["ok"], **row["answer"]})
    answer = {"type": "object", "required": ["subsonic-response"], "properties": {
        "subsonic-response": {"oneOf": [given, {"$ref": "#/components/schemas/Failed"}]}}}
    responses = {"200": {"description": "done, or failed", "content": {"application/json": {"schema": answer}}}}
    if method == "post":
        return {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": asked}}}, "responses": responses}
    return {"responses": responses, "parameters": [{"name": name, "in": "query", "required": name in asked["required"],
            "schema": schema} for name, schema in asked["properties"].items()]}


# ---- what differs ----

def apply(document, row):
    """`at` names a place by the words on the way to it. There, `set` puts members, `add` and `drop` elements of a list; `copy`
    puts it once more under another name, `remove` takes it away."""
    *way, last = row["at"].split()
    place = document
    for word in way:
        place = place[int(word) if isinstance(place, list) else word]
    if "copy" in row:
        place[row["copy"]] = copy.deepcopy(place[last])
    elif row.get("remove"):
        del place[last]
    else:
        here = place[int(last) if isinstance(place, list) else last]
        for word in row.get("drop", []):
            here.remove(word)
        if "add" in row:
            here.extend(copy.deepcopy(row["add"]))
        if "set" in row:
            here.update(copy.deepcopy(row["set"]))


# ---- closing ----

def close(node, schemas):
    """A copy in which parts that are to hold together (allOf) are one object, and no object takes what is not in it."""
    if isinstance(node, list):
        return [close(part, schemas) for part in node]
    if not isinstance(node, dict):
        return node
    if "allOf" in node:
        return close(together(node, schemas), schemas)
    node = {key: close(value, schemas) for key, value in node.items() if key != "example"}
    if node.get("type") == "object" and isinstance(node.get("properties"), dict):
        node.setdefault("additionalProperties", False)
    return node


def together(node, schemas):
    one = {key: value for key, value in node.items() if key != "allOf"}
    for part in node["allOf"]:
        if "$ref" in part:
            part = schemas[part["$ref"].rsplit("/", 1)[1]]
        if "allOf" in part:
            part = together(part, schemas)
        for key, value in part.items():
            if key == "properties":
                one["properties"] = {**one.get("properties", {}), **value}
            elif key == "required":
                one["required"] = sorted({*one.get("required", []), *value})
            else:
                one.setdefault(key, copy.deepcopy(value))
    return one
