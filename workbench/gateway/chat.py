"""A request of the OpenAI protocol (``/v1/chat/completions``): read, checked, and every text of it named, so that all of it is scrubbed.

What cannot be scrubbed is refused by its name and never passed on: images, audio, files, and every field this page does not know, unless it
is empty. ``user``, ``metadata`` and the like are for a provider's own books; they stay here.
Reference: https://platform.openai.com/docs/api-reference/chat/create
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

MAX_MESSAGES, MAX_TOOLS, MAX_STOPS = 1_000, 128, 4
_DEPTH = 40
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Numbers in a range, as they are: name → (type, least, most).
_NUMBERS: dict[str, tuple[type, float, float]] = {
    "temperature": (float, 0, 2),
    "top_p": (float, 0, 1),
    "presence_penalty": (float, -2, 2),
    "frequency_penalty": (float, -2, 2),
    "seed": (int, -(2**63), 2**63 - 1),
    "max_tokens": (int, 1, 1_000_000),
    "max_completion_tokens": (int, 1, 1_000_000),
}
_CHOICES = {
    "reasoning_effort": ("none", "minimal", "low", "medium", "high", "xhigh"),
    "verbosity": ("low", "medium", "high"),
}
#: For a provider's own books.
_KEPT_HERE = frozenset({"user", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier"})  # fmt: skip
#: Fields that are only taken with these values.
_NEUTRAL: dict[str, tuple[Any, ...]] = {"n": (1,), "modalities": (["text"],)}
_READ = frozenset({"model", "messages", "tools", "tool_choice", "parallel_tool_calls", "response_format", "stop", "stream", "stream_options", "inputs"})  # fmt: skip
_OF_ROLE: dict[str, frozenset[str]] = {
    "system": frozenset({"content", "name"}),
    "developer": frozenset({"content", "name"}),
    "user": frozenset({"content", "name"}),
    "assistant": frozenset({"content", "name", "tool_calls", "refusal"}),
    "tool": frozenset({"content", "tool_call_id"}),
}
#: Keywords of JSON Schema (draft 2020-12 and the ones before it); every other key is a name of somebody's own.
_KEYWORDS = frozenset(
    re.findall(
        r"\S+",
        "$schema $id $ref $defs $anchor $comment definitions type format enum const default examples title description properties "
        "patternProperties additionalProperties propertyNames required minProperties maxProperties items prefixItems additionalItems "
        "unevaluatedItems unevaluatedProperties contains minItems maxItems uniqueItems minLength maxLength pattern minimum maximum "
        "exclusiveMinimum exclusiveMaximum multipleOf allOf anyOf oneOf not if then else dependentRequired dependentSchemas nullable "
        "deprecated readOnly writeOnly strict",
    )
)
#: Their values are words of the schema, which cannot be replaced.
_OF_SCHEMA = frozenset({"type", "format", "$ref", "$schema"})


class ChatRefused(ValueError):
    """The request cannot be taken as it is. ``code`` is stable, ``param`` says where, ``facts`` fill in the sentence."""

    def __init__(self, code: str, param: str, **facts: Any) -> None:
        self.code, self.param, self.facts = code, param, facts
        super().__init__(f"{code}: {param}")


@dataclass(frozen=True, slots=True)
class Chat:
    """One request, checked.

    Args:
        model: what the person wants to do, as it was asked for.
        messages: as in the protocol; ``content`` is one string, or None beside tool calls.
        tools: definitions, as in the protocol.
        options: what is passed on as it is: temperature, max_tokens, tool_choice …
        response_format: as in the protocol, or None.
        stop: texts at which the model stops.
        stream: whether the answer is wanted piece by piece; ``usage``: whether a last piece with the count is wanted then.
        inputs: the inputs of an approved prompt, where they were given by name.
    """

    model: str
    messages: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    response_format: Mapping[str, Any] | None = None
    stop: tuple[str, ...] = ()
    stream: bool = False
    usage: bool = False
    inputs: Mapping[str, Any] | None = None

    @property
    def as_document(self) -> bool:
        """Whether the answer was asked for as JSON."""
        return self.response_format is not None and self.response_format["type"] != "text"

    def leaving(self) -> dict[str, Any]:
        """What leaves, as a JSON value."""
        parts: dict[str, Any] = {"messages": list(self.messages)}
        for name, value in (("tools", list(self.tools)), ("options", dict(self.options)), ("stop", list(self.stop))):
            if value:
                parts[name] = value
        return parts | ({"response_format": dict(self.response_format)} if self.response_format else {})


def read_chat(body: Any) -> Chat:
    """Check a request. Raises ChatRefused for the first thing that cannot be taken."""
    if not isinstance(body, dict):
        raise ChatRefused("not_an_object", "body")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise ChatRefused("model_missing", "model")
    _refuse_unknown(body)
    tools = tuple(_tool(tool, f"tools[{at}]") for at, tool in enumerate(_list(body, "tools", MAX_TOOLS)))
    names = {tool["function"]["name"] for tool in tools}
    messages = _list(body, "messages", MAX_MESSAGES)
    if not messages:
        raise ChatRefused("messages_missing", "messages")
    stream_options = body.get("stream_options") or {}
    if not isinstance(stream_options, dict):
        raise ChatRefused("wrong_type", "stream_options", wanted="object")
    inputs = body.get("inputs")
    if inputs is not None and not isinstance(inputs, dict):
        raise ChatRefused("wrong_type", "inputs", wanted="object")
    return Chat(
        model=model,
        messages=_messages(messages),
        tools=tools,
        options=_options(body, names),
        response_format=_response_format(body.get("response_format")),
        stop=_stops(body.get("stop")),
        stream=_boolean(body, "stream"),
        usage=_boolean(stream_options, "include_usage", "stream_options."),
        inputs=inputs,
    )


def _refuse_unknown(body: Mapping[str, Any]) -> None:
    known = _READ | _NUMBERS.keys() | _CHOICES.keys() | _KEPT_HERE
    for name, value in body.items():
        if name in known or _is_empty(value) or value in _NEUTRAL.get(name, ()):
            continue
        raise ChatRefused("unknown_field", str(name)[:80])


def _is_empty(value: Any) -> bool:
    """Nothing that could hold anything: absent, off, or without content."""
    return value is None or value is False or value == 0 or (isinstance(value, str | list | dict) and not value)


def _list(body: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ChatRefused("wrong_type", name, wanted="list")
    if len(value) > most:
        raise ChatRefused("too_many", name, most=most)
    return value


def _boolean(body: Mapping[str, Any], name: str, before: str = "") -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise ChatRefused("wrong_type", f"{before}{name}", wanted="boolean")
    return bool(value)


def _options(body: Mapping[str, Any], tools: set[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, (kind, least, most) in _NUMBERS.items():
        value = body.get(name)
        if value is None:
            continue
        right = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
        if not right or not least <= value <= most:
            raise ChatRefused("out_of_range", name, least=least, most=most)
        options["max_tokens" if name == "max_completion_tokens" else name] = value
    for name, choices in _CHOICES.items():
        value = body.get(name)
        if value is not None:
            if value not in choices:
                raise ChatRefused("not_a_choice", name, choices=", ".join(choices))
            options[name] = value
    if body.get("parallel_tool_calls") is not None and tools:
        options["parallel_tool_calls"] = _boolean(body, "parallel_tool_calls")
    choice = body.get("tool_choice")
    if choice is not None:
        options["tool_choice"] = _tool_choice(choice, tools)
    return options


def _tool_choice(choice: Any, tools: set[str]) -> Any:
    if choice in ("none", "auto", "required"):
        return choice
    name = choice.get("function", {}).get("name") if isinstance(choice, dict) and isinstance(choice.get("function"), dict) else None  # fmt: skip
    if not isinstance(name, str) or name not in tools:
        raise ChatRefused("not_a_choice", "tool_choice", choices=", ".join(["none", "auto", "required", *sorted(tools)]))  # fmt: skip
    return {"type": "function", "function": {"name": name}}


def _stops(value: Any) -> tuple[str, ...]:
    stops = [value] if isinstance(value, str) else value or []
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
        raise ChatRefused("wrong_type", "stop", wanted="text")
    if len(stops) > MAX_STOPS:
        raise ChatRefused("too_many", "stop", most=MAX_STOPS)
    return tuple(stop for stop in stops if stop)


def _response_format(value: Any) -> Mapping[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") not in ("text", "json_object", "json_schema"):
        raise ChatRefused("not_a_choice", "response_format", choices="text, json_object, json_schema")
    if value["type"] != "json_schema":
        return {"type": value["type"]}
    given = value.get("json_schema")
    if not isinstance(given, dict) or not isinstance(given.get("schema"), dict):
        raise ChatRefused("wrong_type", "response_format.json_schema.schema", wanted="object")
    _depth(given, "response_format.json_schema")
    name = _identifier(given.get("name") or "output", "response_format.json_schema.name")
    kept = {"name": name, "schema": given["schema"], "strict": bool(given.get("strict"))}
    if isinstance(given.get("description"), str):
        kept["description"] = given["description"]
    return {"type": "json_schema", "json_schema": kept}


def _tool(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("type") != "function" or not isinstance(value.get("function"), dict):
        raise ChatRefused("only_functions", where)
    function = value["function"]
    for name, content in function.items():
        if name not in {"name", "description", "parameters", "strict"} and not _is_empty(content):
            raise ChatRefused("unknown_field", f"{where}.function.{str(name)[:80]}")
    if extra := next((key for key in value if key not in {"type", "function"} and not _is_empty(value[key])), None):
        raise ChatRefused("unknown_field", f"{where}.{str(extra)[:80]}")
    parameters, description = function.get("parameters"), function.get("description")
    if parameters is not None and not isinstance(parameters, dict):
        raise ChatRefused("wrong_type", f"{where}.function.parameters", wanted="object")
    if description is not None and not isinstance(description, str):
        raise ChatRefused("wrong_type", f"{where}.function.description", wanted="text")
    _depth(parameters, f"{where}.function.parameters")
    kept: dict[str, Any] = {"name": _identifier(function.get("name"), f"{where}.function.name")}
    kept |= {"description": description} if description else {}
    kept |= {"parameters": parameters} if parameters is not None else {}
    return {"type": "function", "function": kept}


def _identifier(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise ChatRefused("not_a_name", where)
    return value


def _depth(value: Any, where: str, depth: int = 0) -> None:
    if depth > _DEPTH:
        raise ChatRefused("too_deep", where, most=_DEPTH)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _depth(inner, where, depth + 1)


def _messages(messages: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    calls: dict[str, str] = {}
    return tuple(_message(message, f"messages[{at}]", calls) for at, message in enumerate(messages))


def _message(message: Any, where: str, calls: dict[str, str]) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise ChatRefused("wrong_type", where, wanted="object")
    role = message.get("role")
    if not isinstance(role, str) or role not in _OF_ROLE:
        raise ChatRefused("not_a_choice", f"{where}.role", choices=", ".join(_OF_ROLE))
    for name, value in message.items():
        if name != "role" and name not in _OF_ROLE[role] and not _is_empty(value):
            raise ChatRefused("unknown_field", f"{where}.{str(name)[:80]}")
    kept: dict[str, Any] = {"role": "system" if role == "developer" else role}
    content = message.get("content")
    if content is None and role == "assistant":
        content = message.get("refusal")
    kept["content"] = None if content is None else _content(content, f"{where}.content")
    if role == "assistant" and message.get("tool_calls"):
        kept["tool_calls"] = [_call(call, f"{where}.tool_calls[{at}]", calls) for at, call in enumerate(_list(message, "tool_calls", MAX_TOOLS))]  # fmt: skip
    elif kept["content"] is None:
        raise ChatRefused("content_missing", f"{where}.content")
    if role == "tool":
        given = message.get("tool_call_id")
        if not isinstance(given, str) or given not in calls:
            raise ChatRefused("no_such_call", f"{where}.tool_call_id")
        kept["tool_call_id"] = calls[given]
        kept["content"] = _readable(kept["content"])
    name = message.get("name")
    if name:
        if not isinstance(name, str) or len(name) > 64:
            raise ChatRefused("not_a_name", f"{where}.name")
        kept["name"] = name
    return kept


def _readable(text: str) -> str:
    """A JSON document with its letters as such: programs write "M\\u00fcller", and that is who Müller is."""
    try:
        value = json.loads(text) if "\\u" in text else None
        return _as_json(value) if isinstance(value, dict | list) else text
    except (ValueError, RecursionError):
        return text


def _as_json(value: Any) -> str:
    """A value as JSON with its letters as such. Raises ValueError for half of a character, which cannot be sent."""
    text = json.dumps(value, ensure_ascii=False)
    text.encode()
    return text


def _content(content: Any, where: str) -> str:
    """The text of a message: one string, or parts of which each is text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise ChatRefused("wrong_type", where, wanted="text")
    texts = []
    for at, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in ("text", "refusal"):
            raise ChatRefused("only_text", f"{where}[{at}]", kind=kind if isinstance(kind, str) else "?")
        if extra := next((key for key in part if key not in ("type", kind) and not _is_empty(part[key])), None):
            raise ChatRefused("unknown_field", f"{where}[{at}].{str(extra)[:80]}")
        if not isinstance(part.get(kind), str):
            raise ChatRefused("wrong_type", f"{where}[{at}].{kind}", wanted="text")
        texts.append(part[kind])
    return "\n".join(texts)


def _call(call: Any, where: str, calls: dict[str, str]) -> dict[str, Any]:
    """A call of a tool in the conversation. Its id is our own: whatever a client puts there does not leave."""
    if not isinstance(call, dict) or call.get("type", "function") != "function" or not isinstance(call.get("function"), dict):  # fmt: skip
        raise ChatRefused("only_functions", where)
    given, arguments = call.get("id"), call["function"].get("arguments", "")
    if not isinstance(given, str) or not given:
        raise ChatRefused("not_a_name", f"{where}.id")
    if not isinstance(arguments, str):
        raise ChatRefused("wrong_type", f"{where}.function.arguments", wanted="text")
    calls[given] = f"call_{len(calls) + 1}"
    name = _identifier(call["function"].get("name"), f"{where}.function.name")
    return {"id": calls[given], "type": "function", "function": {"name": name, "arguments": arguments}}


# Every text of a request, under a name

Change = Callable[[str, str], str]


def texts_of(chat: Chat) -> dict[str, str]:
    """All that has to be scrubbed: name → text."""
    found: dict[str, str] = {}

    def collect(where: str, text: str) -> str:
        found[where] = text
        return text

    _changed(chat, collect)
    return found


def with_texts(chat: Chat, texts: Mapping[str, str]) -> Chat:
    """The request with other texts in the same places. Raises ChatRefused where a name that cannot be replaced holds personal data."""
    return _changed(chat, lambda where, _text: texts[where])


def names_of(chat: Chat) -> frozenset[str]:
    """All that programs know a thing by: names of tools, and of the fields of their schemas. They leave and come home as they are."""
    found = {tool["function"]["name"] for tool in chat.tools}
    schemas: list[Any] = [tool["function"].get("parameters") for tool in chat.tools]
    schemas.append((chat.response_format or {}).get("json_schema"))
    while schemas:
        value = schemas.pop()
        if isinstance(value, dict):
            found.update(value)
        schemas.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
    return frozenset(found)


def _changed(chat: Chat, change: Change) -> Chat:
    messages = []
    for at, message in enumerate(chat.messages):
        where, kept = f"messages[{at}]", dict(message)
        if kept["content"]:
            kept["content"] = change(f"{where}.content", kept["content"])
        if "name" in kept:
            kept["name"] = _participant(kept["name"], f"{where}.name", change)
        if "tool_calls" in kept:
            kept["tool_calls"] = [_changed_call(call, f"{where}.tool_calls[{n}]", change) for n, call in enumerate(kept["tool_calls"])]  # fmt: skip
        messages.append(kept)
    tools = []
    for at, tool in enumerate(chat.tools):
        where, function = f"tools[{at}].function", dict(tool["function"])
        _unchanged(function["name"], f"{where}.name", change)
        if "description" in function:
            function["description"] = change(f"{where}.description", function["description"])
        if "parameters" in function:
            function["parameters"] = _schema(function["parameters"], f"{where}.parameters", change)
        tools.append({"type": "function", "function": function})
    form = chat.response_format
    if form is not None and form["type"] == "json_schema":
        inner = dict(form["json_schema"])
        _unchanged(inner["name"], "response_format.json_schema.name", change)
        inner["schema"] = _schema(inner["schema"], "response_format.json_schema.schema", change)
        if "description" in inner:
            inner["description"] = change("response_format.json_schema.description", inner["description"])
        form = {"type": "json_schema", "json_schema": inner}
    stop = tuple(change(f"stop[{at}]", text) for at, text in enumerate(chat.stop))
    return replace(chat, messages=tuple(messages), tools=tuple(tools), response_format=form, stop=stop)


_AS_NAME = "Name: "


def _participant(name: str, where: str, change: Change) -> str:
    """A participant's name: looked for as a name, and written without brackets, which the protocol forbids there."""
    told = _AS_NAME + " ".join(word[:1].upper() + word[1:] for word in re.split(r"[\W_]+", name) if word)
    scrubbed = change(where, told)
    kept = name if scrubbed == told else scrubbed.removeprefix(_AS_NAME)
    return re.sub(r"[^A-Za-z0-9_-]+", "_", kept).strip("_")[:64] or "participant"


_IN_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _unchanged(name: str, where: str, change: Change) -> None:
    """A name that programs know a thing by: it cannot be replaced, so it must hold nothing personal."""
    told = _IN_CAMEL_CASE.sub(" ", name).replace("_", " ").replace("-", " ")
    if change(where, told) != told:
        raise ChatRefused("personal_name", where)


def _changed_call(call: Mapping[str, Any], where: str, change: Change) -> dict[str, Any]:
    function = call["function"]
    _unchanged(function["name"], f"{where}.name", change)
    text = function["arguments"]
    try:
        arguments = json.loads(text) if text else {}
        _depth(arguments, f"{where}.arguments")
        _as_json(arguments)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ChatRefused):
            raise
        return {**call, "function": {**function, "arguments": change(f"{where}.arguments", text)}}
    return {**call, "function": {**function, "arguments": _as_json(_values(arguments, f"{where}.arguments", change))}}  # fmt: skip


_SHORTEST_NUMBER = 6
"""A number of fewer digits is nobody's telephone and no account."""


def _values(value: Any, where: str, change: Change) -> Any:
    """A JSON value with every text in it changed, names of fields included; a long number that is somebody's becomes a text."""
    if isinstance(value, str):
        return change(where, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        told = str(value)
        if len(told) < _SHORTEST_NUMBER:
            return value
        changed = change(where, told)
        return value if changed == told else changed
    if isinstance(value, list):
        return [_values(item, f"{where}[{at}]", change) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            change(f"{where}.{at}.name", key): _values(item, f"{where}.{at}", change) for at, (key, item) in enumerate(value.items())
        }  # fmt: skip
    return value


def _schema(value: Any, where: str, change: Change, *, names: bool = False) -> Any:
    """A JSON Schema with its texts changed. The names of fields stay, so they must hold nothing personal."""
    if isinstance(value, str):
        return change(where, value)
    if isinstance(value, list):
        return [_schema(item, f"{where}[{at}]", change) for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return _values(value, where, change)
    kept: dict[str, Any] = {}
    for at, (key, item) in enumerate(value.items()):
        inner = f"{where}.{at}"
        if names or key not in _KEYWORDS:
            _unchanged(key, f"{inner}.name", change)
        words = [item] if isinstance(item, str) else item
        fields = value.get("properties") if key == "required" else None
        stays = key in _OF_SCHEMA or isinstance(fields, dict)
        if not names and stays and isinstance(words, list) and all(isinstance(word, str) for word in words):
            for number, word in enumerate(words):
                if not isinstance(fields, dict) or word not in fields:
                    _unchanged(word, f"{inner}[{number}]", change)
            kept[key] = item
        else:
            kept[key] = _schema(item, inner, change, names=not names and key in ("properties", "$defs", "definitions"))
    return kept
