//! Changes of a document, each with what it means: the table of the diff, row by row.

use statusquo_codegen::diff::Level;

use crate::read;

/// A change of `tests/diff/shop.yaml`, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is changed, in words.
    pub name: &'static str,
    /// The texts that are replaced, each with the other one.
    pub edits: &'static [(&'static str, &'static str)],
    /// The rules that find it, by their names: all of them, and no other.
    pub rules: &'static [&'static str],
    /// Whether old clients are at risk against a new server, and new ones against an old server.
    pub wire: (bool, bool),
    /// What it asks of the next version.
    pub level: Level,
    /// Whether what compiled before does not compile any more.
    pub breaks: bool,
}

const fn row(
    name: &'static str,
    edits: &'static [(&'static str, &'static str)],
    rules: &'static [&'static str],
    wire: (bool, bool),
    level: Level,
) -> Row {
    Row {
        name,
        edits,
        rules,
        wire,
        level,
        breaks: matches!(level, Level::Major),
    }
}

const NONE: (bool, bool) = (false, false);
const OLD: (bool, bool) = (true, false);
const NEW: (bool, bool) = (false, true);
const BOTH: (bool, bool) = (true, true);

const NOT_FOUND: &str = "        '404':\n          description: There are none.\n";
const KEY: &str = "security:\n  - key: []\npaths:";

/// The rows.
pub const ROWS: &[Row] = &[
    row("nothing", &[], &[], NONE, Level::Patch),
    row(
        "a code is added to `Status`",
        &[(
            "        '409':\n",
            "        '298':\n          description: Odd.\n          x-status: {reason: Odd, origin: [shop], retry: never}\n        '409':\n",
        )],
        &["response-added"],
        OLD,
        Level::Major,
    ),
    row(
        "the name of a variant is another one, and the code the same",
        &[("reason: Of a Friend", "reason: Of a Foe")],
        &["status-changed"],
        NONE,
        Level::Major,
    ),
    Row {
        breaks: false,
        ..row(
            "a code is another one under the same name",
            &[("        '299':\n", "        '298':\n")],
            &["response-replaced", "status-code-changed"],
            BOTH,
            Level::Major,
        )
    },
    row(
        "a description is another one",
        &[("The things.", "All the things.")],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a summary, a title and a tag are others",
        &[
            ("Finds things.", "Finds some."),
            ("title: Shop", "title: The shop"),
            ("What is sold.", "What one buys."),
            ("tags: [things]", "tags: [things, others]"),
        ],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a response is added",
        &[(
            NOT_FOUND,
            "        '404':\n          description: There are none.\n        '410':\n          description: Gone.\n",
        )],
        &["response-added"],
        OLD,
        Level::Major,
    ),
    row(
        "`default` is added",
        &[(
            NOT_FOUND,
            "        '404':\n          description: There are none.\n        default:\n          description: Else.\n",
        )],
        &["response-added"],
        OLD,
        Level::Major,
    ),
    row(
        "a range is added",
        &[(
            NOT_FOUND,
            "        '404':\n          description: There are none.\n        5XX:\n          description: Else.\n",
        )],
        &["response-added"],
        OLD,
        Level::Major,
    ),
    row(
        "a response is removed",
        &[(NOT_FOUND, "")],
        &["response-removed"],
        NEW,
        Level::Major,
    ),
    row(
        "a success is removed",
        &[(
            "        '299':\n          description: A thing of a friend.\n          x-status: {reason: Of a Friend, origin: [shop], retry: never}\n",
            "",
        )],
        &["response-removed"],
        BOTH,
        Level::Major,
    ),
    row(
        "a range is removed",
        &[(
            "        4XX:\n          description: What went wrong.\n",
            "",
        )],
        &["response-removed"],
        NEW,
        Level::Major,
    ),
    row(
        "a response is another one",
        &[("        '404':\n", "        '410':\n")],
        &["response-replaced"],
        BOTH,
        Level::Major,
    ),
    row(
        "an optional response header is added",
        &[(
            "            X-Next:\n",
            "            X-More:\n              schema: {type: string}\n            X-Next:\n",
        )],
        &["header-added"],
        NONE,
        Level::Major,
    ),
    row(
        "a required response header is added",
        &[(
            "            X-Next:\n",
            "            X-More:\n              required: true\n              schema: {type: string}\n            X-Next:\n",
        )],
        &["header-added"],
        NONE,
        Level::Major,
    ),
    row(
        "a response header is removed",
        &[(
            "            X-Next:\n              schema: {type: string}\n",
            "",
        )],
        &["header-removed"],
        OLD,
        Level::Major,
    ),
    row(
        "a required response header is optional",
        &[(
            "            X-Total:\n              required: true\n",
            "            X-Total:\n",
        )],
        &["header-optional"],
        OLD,
        Level::Major,
    ),
    row(
        "the type of a property of a response is another one",
        &[(
            "        id: {type: integer}\n",
            "        id: {type: string}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "the type of a property of a request is a narrower one",
        &[("price: {type: number}", "price: {type: integer}")],
        &["type-changed"],
        OLD,
        Level::Major,
    ),
    row(
        "the type of a header is another one",
        &[(
            "            X-Next:\n              schema: {type: string}\n",
            "            X-Next:\n              schema: {type: boolean}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "the type of a parameter is a wider one",
        &[(
            "schema: {type: integer, format: int32, maximum: 100}",
            "schema: {type: integer, format: int64, maximum: 100}",
        )],
        &["type-changed"],
        NEW,
        Level::Major,
    ),
    row(
        "the type of a body is another one",
        &[(
            "          description: Added.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Thing'}\n",
            "          description: Added.\n          content:\n            application/json:\n              schema: {type: string}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "a property is added to a response",
        &[(
            "        note: {type: string}\n",
            "        note: {type: string}\n        more: {type: string}\n",
        )],
        &["property-added"],
        NONE,
        Level::Minor,
    ),
    row(
        "an optional property is added to a request",
        &[(
            "        price: {type: number}\n",
            "        price: {type: number}\n        more: {type: string}\n",
        )],
        &["property-added"],
        NONE,
        Level::Minor,
    ),
    row(
        "a required property is added to a request",
        &[
            ("      required: [name]\n", "      required: [name, more]\n"),
            (
                "        price: {type: number}\n",
                "        price: {type: number}\n        more: {type: string}\n",
            ),
        ],
        &["property-added"],
        OLD,
        Level::Major,
    ),
    row(
        "a required property of a response is removed",
        &[
            ("      required: [id, state]\n", "      required: [id]\n"),
            ("        state: {$ref: '#/components/schemas/State'}\n", ""),
        ],
        &["property-removed"],
        OLD,
        Level::Major,
    ),
    row(
        "an optional property of a response is removed",
        &[("        note: {type: string}\n", "")],
        &["property-removed"],
        NONE,
        Level::Major,
    ),
    row(
        "a property of a response is no longer required",
        &[("      required: [id, state]\n", "      required: [id]\n")],
        &["property-optional"],
        OLD,
        Level::Major,
    ),
    row(
        "a property of a request is required",
        &[(
            "      required: [name]\n",
            "      required: [name, price]\n",
        )],
        &["property-required"],
        OLD,
        Level::Major,
    ),
    row(
        "a body is added to a response",
        &[(
            "          description: It is there already.\n",
            "          description: It is there already.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Problem'}\n",
        )],
        &["body-added"],
        OLD,
        Level::Major,
    ),
    row(
        "a body is removed from a response",
        &[(
            "          description: Added.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Thing'}\n",
            "          description: Added.\n",
        )],
        &["body-removed"],
        OLD,
        Level::Major,
    ),
    row(
        "an operation is added",
        &[(
            "  /export:\n",
            "  /import:\n    post:\n      operationId: import\n      responses:\n        '204':\n          description: Done.\n  /export:\n",
        )],
        &["operation-added"],
        NONE,
        Level::Major,
    ),
    row(
        "an operation is removed",
        &[(
            "    delete:\n      operationId: removeThing\n      deprecated: true\n      security:\n        - {}\n      responses:\n        '204':\n          description: Gone.\n",
            "",
        )],
        &["operation-removed"],
        OLD,
        Level::Major,
    ),
    Row {
        breaks: false,
        ..row(
            "the path of an operation is another one",
            &[("  /export:\n", "  /everything:\n")],
            &["operation-moved"],
            OLD,
            Level::Major,
        )
    },
    Row {
        breaks: false,
        ..row(
            "the method of an operation is another one",
            &[("  /export:\n    get:\n", "  /export:\n    post:\n")],
            &["operation-moved"],
            OLD,
            Level::Major,
        )
    },
    row(
        "an operation is called otherwise",
        &[("operationId: findThings", "operationId: listThings")],
        &["operation-renamed"],
        NONE,
        Level::Major,
    ),
    row(
        "an operation with a new tag is added",
        &[(
            "  /export:\n",
            "  /import:\n    post:\n      operationId: import\n      tags: [trade]\n      responses:\n        '204':\n          description: Done.\n  /export:\n",
        )],
        &["operation-added"],
        NONE,
        Level::Major,
    ),
    row(
        "an operation has another tag",
        &[("tags: [things]", "tags: [stock]")],
        &["operation-tagged"],
        NONE,
        Level::Major,
    ),
    row(
        "an operation has one more tag",
        &[("tags: [things]", "tags: [things, stock]")],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "the last tag is gone",
        &[("      tags: [things]\n", "")],
        &["operation-tagged"],
        NONE,
        Level::Major,
    ),
    row(
        "an operation gets the tag of others",
        &[(
            "operationId: addThing\n",
            "operationId: addThing\n      tags: [things]\n",
        )],
        &["operation-tagged"],
        NONE,
        Level::Major,
    ),
    row(
        "a tag has another name in Rust",
        &[(
            "  - name: things\n",
            "  - name: things\n    x-name: goods\n",
        )],
        &["name-changed"],
        NONE,
        Level::Major,
    ),
    row(
        "an optional parameter is added",
        &[(
            "        - name: kind\n",
            "        - name: page\n          in: query\n          schema: {type: integer}\n        - name: kind\n",
        )],
        &["parameter-added"],
        NONE,
        Level::Minor,
    ),
    row(
        "a required parameter is added",
        &[(
            "        - name: kind\n",
            "        - name: page\n          in: query\n          required: true\n          schema: {type: integer}\n        - name: kind\n",
        )],
        &["parameter-added"],
        OLD,
        Level::Major,
    ),
    row(
        "an optional parameter is required",
        &[(
            "        - name: kind\n          in: query\n",
            "        - name: kind\n          in: query\n          required: true\n",
        )],
        &["parameter-required"],
        OLD,
        Level::Major,
    ),
    row(
        "a required parameter is optional",
        &[(
            "          in: query\n          required: true\n",
            "          in: query\n",
        )],
        &["parameter-optional"],
        NEW,
        Level::Major,
    ),
    row(
        "a query parameter is called otherwise",
        &[("        - name: kind\n", "        - name: sort\n")],
        &["parameter-renamed"],
        OLD,
        Level::Major,
    ),
    row(
        "a query parameter is called otherwise on the wire alone",
        &[("        - name: kind\n", "        - name: Kind\n")],
        &["parameter-renamed"],
        OLD,
        Level::Patch,
    ),
    row(
        "a path parameter is called otherwise",
        &[
            ("  /things/{id}:\n", "  /things/{key}:\n"),
            ("      - name: id\n", "      - name: key\n"),
        ],
        &["parameter-renamed"],
        NONE,
        Level::Major,
    ),
    row(
        "a value is removed from an enum of a request",
        &[("enum: [new, used, lost]", "enum: [new, used]")],
        &["enum-value-removed"],
        OLD,
        Level::Major,
    ),
    row(
        "a value is removed from an enum of a response",
        &[("enum: [sold, open, hidden]", "enum: [sold, open]")],
        &["enum-value-removed"],
        NONE,
        Level::Major,
    ),
    row(
        "a value is added to an enum of a request",
        &[("enum: [new, used, lost]", "enum: [new, used, lost, found]")],
        &["enum-value-added"],
        NEW,
        Level::Minor,
    ),
    row(
        "a value is added to an enum of a response",
        &[(
            "enum: [sold, open, hidden]",
            "enum: [sold, open, hidden, lent]",
        )],
        &["enum-value-added"],
        OLD,
        Level::Minor,
    ),
    row(
        "the URL of the server is another one",
        &[("https://shop.example/v1", "https://shop.example/v2")],
        &["server-changed"],
        NONE,
        Level::Minor,
    ),
    row(
        "an operation is deprecated",
        &[(
            "      operationId: addThing\n",
            "      operationId: addThing\n      deprecated: true\n",
        )],
        &["deprecated"],
        NONE,
        Level::Minor,
    ),
    row(
        "an operation is no longer deprecated",
        &[("      deprecated: true\n", "")],
        &["undeprecated"],
        NONE,
        Level::Patch,
    ),
    row(
        "a media type is added",
        &[(
            "            text/csv:\n              schema: {type: string}\n",
            "            text/csv:\n              schema: {type: string}\n            text/plain:\n              schema: {type: string}\n",
        )],
        &["media-type-added"],
        NONE,
        Level::Major,
    ),
    row(
        "a media type is removed",
        &[(
            "            text/csv:\n              schema: {type: string}\n",
            "",
        )],
        &["media-type-removed"],
        OLD,
        Level::Major,
    ),
    row(
        "the version is another one",
        &[("version: 1.4.0", "version: 1.4.1")],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "an extension without effect is added",
        &[(
            "      operationId: export\n",
            "      operationId: export\n      x-team: ours\n",
        )],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a limit of a request is tightened",
        &[("maxLength: 20", "maxLength: 10")],
        &["limit-tightened"],
        OLD,
        Level::Patch,
    ),
    row(
        "a limit of a request is relaxed",
        &[("maximum: 100", "maximum: 200")],
        &["limit-relaxed"],
        NEW,
        Level::Patch,
    ),
    row(
        "a property may be null",
        &[(
            "        note: {type: string}\n",
            "        note: {type: string, nullable: true}\n",
        )],
        &["null-added"],
        OLD,
        Level::Major,
    ),
    row(
        "a schema is called otherwise",
        &[
            ("    Thing:\n", "    Item:\n"),
            ("schemas/Thing'", "schemas/Item'"),
        ],
        &["schema-renamed"],
        NONE,
        Level::Major,
    ),
    row(
        "a schema without a name gets one",
        &[(
            "        owner:\n          type: object\n          properties:\n            name: {type: string}\n",
            "        owner: {$ref: '#/components/schemas/Owner'}\n    Owner:\n      type: object\n      properties:\n        name: {type: string}\n",
        )],
        &["schema-renamed"],
        NONE,
        Level::Major,
    ),
    row(
        "an alternative is added",
        &[(
            "            - type: string\n",
            "            - type: string\n            - type: integer\n",
        )],
        &["alternative-added"],
        OLD,
        Level::Minor,
    ),
    row(
        "operations ask for other credentials",
        &[(KEY, "security:\n  - token: []\npaths:")],
        &["security-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "credentials are sent otherwise",
        &[(
            "in: header, name: X-Key",
            "in: header, name: X-Token",
        )],
        &["scheme-changed"],
        OLD,
        Level::Patch,
    ),
    row(
        "two answers are in another order",
        &[
            (
                "        '404':\n          description: There are none.\n    post:",
                "    post:",
            ),
            (
                "          description: The things.\n",
                "          description: The things.\n          # The other one stood behind.\n",
            ),
            (
                "      responses:\n        '200':\n          description: The things.",
                "      responses:\n        '404':\n          description: There are none.\n        '200':\n          description: The things.",
            ),
        ],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "`default` is removed beside a success",
        &[(
            "        default:\n          description: What went wrong.\n          content:\n            application/problem+json:\n              schema: {$ref: '#/components/schemas/Problem'}\n",
            "",
        )],
        &["response-removed"],
        NEW,
        Level::Major,
    ),
    Row {
        breaks: false,
        ..row(
            "a property is another one, and called the same in Rust",
            &[(
                "        note: {type: string}\n",
                "        Note: {type: string}\n",
            )],
            &["property-added", "property-removed"],
            NONE,
            Level::Major,
        )
    },
    Row {
        breaks: false,
        ..row(
            "a value is another one, and called the same in Rust",
            &[("enum: [sold, open, hidden]", "enum: [sold, open, HIDDEN]")],
            &["enum-value-added", "enum-value-removed"],
            OLD,
            Level::Major,
        )
    },
    row(
        "a `$ref` gets words of its own",
        &[(
            "        state: {$ref: '#/components/schemas/State'}\n",
            "        state:\n          description: How it is.\n          allOf: [{$ref: '#/components/schemas/State'}]\n",
        )],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "an object is made of parts that say the same",
        &[(
            "      required: [name]\n      properties:\n        name: {type: string, maxLength: 20}\n        kind: {$ref: '#/components/schemas/Kind'}\n        price: {type: number}\n",
            "      allOf:\n        - required: [name]\n          properties:\n            name: {type: string, maxLength: 20}\n        - properties:\n            kind: {$ref: '#/components/schemas/Kind'}\n            price: {type: number}\n",
        )],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a body leads to another schema",
        &[(
            "          description: Added.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Thing'}\n",
            "          description: Added.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/NewThing'}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "a property goes in answers alone, and has another type",
        &[(
            "        price: {type: number}\n",
            "        price: {type: number, readOnly: true}\n",
        )],
        &["property-way"],
        OLD,
        Level::Patch,
    ),
    row(
        "an operation is served elsewhere",
        &[(
            "      operationId: export\n",
            "      operationId: export\n      servers: [{url: https://export.example}]\n",
        )],
        &["server-changed"],
        NONE,
        Level::Minor,
    ),
    row(
        "an operation asks for nothing any more",
        &[(
            "      operationId: export\n",
            "      operationId: export\n      security: []\n",
        )],
        &["security-changed"],
        NEW,
        Level::Major,
    ),
    row(
        "a parameter is that of the path",
        &[(
            "  /export:\n    get:\n",
            "  /export:\n    parameters:\n      - name: since\n        in: query\n        schema: {type: string}\n    get:\n",
        )],
        &["parameter-added"],
        NONE,
        Level::Minor,
    ),
    row(
        "a limit that is none is said",
        &[("maxLength: 20", "maxLength: 20, minLength: 0")],
        &[],
        NONE,
        Level::Patch,
    ),
];

impl Row {
    /// The document before and after.
    ///
    /// # Panics
    /// If an edit is of a text that is not there.
    #[must_use]
    pub fn texts(&self) -> (String, String) {
        let base = read("tests/diff/shop.yaml");
        let mut head = base.clone();
        for (was, is) in self.edits {
            assert!(head.contains(was), "{}: {was}", self.name);
            head = head.replace(was, is);
        }
        (base, head)
    }
}
