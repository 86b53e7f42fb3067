//! The table of test cases of the diff: changes of a document and their effects.

use statusquo_codegen::diff::Level;

use crate::read;

/// A change of `tests/fixtures/diff/shop.yaml` and its effects.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The description of the change.
    pub name: &'static str,
    /// The replaced texts, each with its replacement.
    pub edits: &'static [(&'static str, &'static str)],
    /// The IDs of all rules that find the change.
    pub rules: &'static [&'static str],
    /// Whether old clients are at risk with a new server, and new clients with an old server.
    pub wire: (bool, bool),
    /// The next version that the change requires.
    pub level: Level,
    /// Whether code that compiled no longer compiles.
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

/// The rows of the table.
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
        "the reason phrase of a status changes",
        &[("reason: Of a Friend", "reason: Of a Foe")],
        &["status-changed"],
        NONE,
        Level::Major,
    ),
    Row {
        breaks: false,
        ..row(
            "the code of a status name changes",
            &[("        '299':\n", "        '298':\n")],
            &["response-replaced", "status-code-changed"],
            BOTH,
            Level::Major,
        )
    },
    row(
        "a description changes",
        &[("The things.", "All the things.")],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a summary, a title and a tag change",
        &[
            ("Finds things.", "Finds some."),
            ("title: Shop", "title: The shop"),
            ("The things for sale.", "All things for sale."),
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
        "a success response is removed",
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
        &[("        4XX:\n          description: The error.\n", "")],
        &["response-removed"],
        NEW,
        Level::Major,
    ),
    row(
        "the status of a response changes",
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
        "a response header becomes optional",
        &[(
            "            X-Total:\n              required: true\n",
            "            X-Total:\n",
        )],
        &["header-optional"],
        OLD,
        Level::Major,
    ),
    row(
        "the type of a response property changes",
        &[(
            "        id: {type: integer}\n",
            "        id: {type: string}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "the type of a request property becomes narrower",
        &[("price: {type: number}", "price: {type: integer}")],
        &["type-changed"],
        OLD,
        Level::Major,
    ),
    row(
        "the type of a response header changes",
        &[(
            "            X-Next:\n              schema: {type: string}\n",
            "            X-Next:\n              schema: {type: boolean}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "the type of a parameter becomes wider",
        &[(
            "schema: {type: integer, format: int32, maximum: 100}",
            "schema: {type: integer, format: int64, maximum: 100}",
        )],
        &["type-changed"],
        NEW,
        Level::Major,
    ),
    row(
        "the type of a response body changes",
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
        "a response property becomes optional",
        &[("      required: [id, state]\n", "      required: [id]\n")],
        &["property-optional"],
        OLD,
        Level::Major,
    ),
    row(
        "a request property becomes required",
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
            "          description: The thing exists already.\n",
            "          description: The thing exists already.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Problem'}\n",
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
            "the path of an operation changes",
            &[("  /export:\n", "  /everything:\n")],
            &["operation-moved"],
            OLD,
            Level::Major,
        )
    },
    Row {
        breaks: false,
        ..row(
            "the method of an operation changes",
            &[("  /export:\n    get:\n", "  /export:\n    post:\n")],
            &["operation-moved"],
            OLD,
            Level::Major,
        )
    },
    row(
        "an operation is renamed",
        &[("operationId: findThings", "operationId: listThings")],
        &["operation-renamed"],
        NONE,
        Level::Major,
    ),
    // The new trait is missing where one type serves all tags, which the program of the comparison does not do.
    Row {
        breaks: false,
        ..row(
            "an operation with a new tag is added",
            &[(
                "  /export:\n",
                "  /import:\n    post:\n      operationId: import\n      tags: [trade]\n      responses:\n        '204':\n          description: Done.\n  /export:\n",
            )],
            &["operation-added"],
            NONE,
            Level::Major,
        )
    },
    row(
        "the tag of an operation changes",
        &[("tags: [things]", "tags: [stock]")],
        &["operation-tagged"],
        NONE,
        Level::Major,
    ),
    row(
        "a second tag is added to an operation",
        &[("tags: [things]", "tags: [things, stock]")],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "the last tag is removed",
        &[("      tags: [things]\n", "")],
        &["operation-tagged"],
        NONE,
        Level::Major,
    ),
    row(
        "an operation gets the same tag as others",
        &[(
            "operationId: addThing\n",
            "operationId: addThing\n      tags: [things]\n",
        )],
        &["operation-tagged"],
        NONE,
        Level::Major,
    ),
    row(
        "the Rust name of a tag changes",
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
        "a parameter becomes required",
        &[(
            "        - name: kind\n          in: query\n",
            "        - name: kind\n          in: query\n          required: true\n",
        )],
        &["parameter-required"],
        OLD,
        Level::Major,
    ),
    row(
        "a parameter becomes optional",
        &[(
            "          in: query\n          required: true\n",
            "          in: query\n",
        )],
        &["parameter-optional"],
        NEW,
        Level::Major,
    ),
    row(
        "a query parameter is renamed",
        &[("        - name: kind\n", "        - name: sort\n")],
        &["parameter-renamed"],
        OLD,
        Level::Major,
    ),
    row(
        "a query parameter is renamed on the wire only",
        &[("        - name: kind\n", "        - name: Kind\n")],
        &["parameter-renamed"],
        OLD,
        Level::Patch,
    ),
    row(
        "a path parameter is renamed",
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
        "the server URL changes",
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
        "the version changes",
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
        "a request constraint is tightened",
        &[("maxLength: 20", "maxLength: 10")],
        &["constraint-tightened"],
        OLD,
        Level::Patch,
    ),
    row(
        "a request constraint is relaxed",
        &[("maximum: 100", "maximum: 200")],
        &["constraint-relaxed"],
        NEW,
        Level::Patch,
    ),
    row(
        "a property becomes nullable",
        &[(
            "        note: {type: string}\n",
            "        note: {type: string, nullable: true}\n",
        )],
        &["null-added"],
        OLD,
        Level::Major,
    ),
    row(
        "a schema is renamed",
        &[
            ("    Thing:\n", "    Item:\n"),
            ("schemas/Thing'", "schemas/Item'"),
        ],
        &["schema-renamed"],
        NONE,
        Level::Major,
    ),
    row(
        "an inline schema gets a name",
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
        "the required credentials change",
        &[(KEY, "security:\n  - token: []\npaths:")],
        &["security-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "credentials move to another header",
        &[("in: header, name: X-Key", "in: header, name: X-Token")],
        &["scheme-changed"],
        OLD,
        Level::Patch,
    ),
    row(
        "the order of two responses changes",
        &[
            (
                "        '404':\n          description: There are none.\n    post:",
                "    post:",
            ),
            (
                "          description: The things.\n",
                "          description: The things.\n          # The responses are swapped.\n",
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
        "`default` is removed from an operation with a success response",
        &[(
            "        default:\n          description: The error.\n          content:\n            application/problem+json:\n              schema: {$ref: '#/components/schemas/Problem'}\n",
            "",
        )],
        &["response-removed"],
        NEW,
        Level::Major,
    ),
    Row {
        breaks: false,
        ..row(
            "a property changes, but not its name in Rust",
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
            "an enum value changes, but not its name in Rust",
            &[("enum: [sold, open, hidden]", "enum: [sold, open, HIDDEN]")],
            &["enum-value-added", "enum-value-removed"],
            OLD,
            Level::Major,
        )
    },
    row(
        "a `$ref` gets its own description",
        &[(
            "        state: {$ref: '#/components/schemas/State'}\n",
            "        state:\n          description: How it is.\n          allOf: [{$ref: '#/components/schemas/State'}]\n",
        )],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "an object is split into equivalent `allOf` parts",
        &[(
            "      required: [name]\n      properties:\n        name: {type: string, maxLength: 20}\n        kind: {$ref: '#/components/schemas/Kind'}\n        price: {type: number}\n",
            "      allOf:\n        - required: [name]\n          properties:\n            name: {type: string, maxLength: 20}\n        - properties:\n            kind: {$ref: '#/components/schemas/Kind'}\n            price: {type: number}\n",
        )],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a response body refers to another schema",
        &[(
            "          description: Added.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/Thing'}\n",
            "          description: Added.\n          content:\n            application/json:\n              schema: {$ref: '#/components/schemas/NewThing'}\n",
        )],
        &["type-changed"],
        BOTH,
        Level::Major,
    ),
    row(
        "a property becomes read-only",
        &[(
            "        price: {type: number}\n",
            "        price: {type: number, readOnly: true}\n",
        )],
        &["property-direction-changed"],
        OLD,
        Level::Patch,
    ),
    row(
        "an operation declares another server",
        &[(
            "      operationId: export\n",
            "      operationId: export\n      servers: [{url: https://export.example}]\n",
        )],
        &["server-changed"],
        NONE,
        Level::Minor,
    ),
    row(
        "an operation no longer requires credentials",
        &[(
            "      operationId: export\n",
            "      operationId: export\n      security: []\n",
        )],
        &["security-changed"],
        NEW,
        Level::Major,
    ),
    row(
        "a parameter is added to a path",
        &[(
            "  /export:\n    get:\n",
            "  /export:\n    parameters:\n      - name: since\n        in: query\n        schema: {type: string}\n    get:\n",
        )],
        &["parameter-added"],
        NONE,
        Level::Minor,
    ),
    row(
        "a constraint without effect is added",
        &[("maxLength: 20", "maxLength: 20, minLength: 0")],
        &[],
        NONE,
        Level::Patch,
    ),
    row(
        "a string gets a format that has a type",
        &[(
            "        note: {type: string}\n",
            "        note: {type: string, format: uuid}\n",
        )],
        &["type-changed"],
        NEW,
        Level::Major,
    ),
];

impl Row {
    /// Returns the document before and after the change.
    ///
    /// # Panics
    ///
    /// |Panics if the document does not contain a text to be replaced.
    #[must_use]
    pub fn texts(&self) -> (String, String) {
        let base = read("tests/fixtures/diff/shop.yaml");
        let mut head = base.clone();
        for (before, after) in self.edits {
            assert!(head.contains(before), "{}: {before}", self.name);
            head = head.replace(before, after);
        }
        (base, head)
    }
}
