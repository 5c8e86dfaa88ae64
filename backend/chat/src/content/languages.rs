//! The languages with syntax highlighting.

/// The syntax of a language.
pub(crate) struct Language {
    /// Its names after the code fence, in lower case.
    names: &'static [&'static str],
    /// Its keywords, separated by spaces.
    keywords: &'static str,
    /// Whether the keywords are not case-sensitive.
    any_case: bool,
    /// The beginnings of a comment that ends with its line.
    pub(crate) line_comments: &'static [&'static str],
    /// The beginning and the end of a block comment.
    pub(crate) block_comment: Option<(&'static str, &'static str)>,
    /// Its kinds of strings, those with the longest beginnings first.
    pub(crate) strings: &'static [StringSyntax],
    /// Whether a single quote may begin something other than a character literal.
    pub(crate) has_lifetimes: bool,
    /// Whether its keywords are the names of tags.
    pub(crate) is_markup: bool,
}

/// The syntax of a kind of strings.
pub(crate) struct StringSyntax {
    pub(crate) begin: &'static str,
    pub(crate) end: &'static str,
    /// Whether the string may have several lines.
    pub(crate) is_multiline: bool,
}

/// Returns the language with this name.
pub(crate) fn language(name: &str) -> Option<&'static Language> {
    let name = name.to_ascii_lowercase();
    LANGUAGES.iter().find(|language| language.names.contains(&name.as_str()))
}

impl Language {
    /// Returns whether a word is a keyword.
    pub(crate) fn has_keyword(&self, word: &str) -> bool {
        let matches = |keyword: &str| keyword == word || self.any_case && keyword.eq_ignore_ascii_case(word);
        self.keywords.split(' ').any(matches)
    }
}

const fn single_line(quote: &'static str) -> StringSyntax {
    StringSyntax { begin: quote, end: quote, is_multiline: false }
}

const fn multiline(quote: &'static str) -> StringSyntax {
    StringSyntax { begin: quote, end: quote, is_multiline: true }
}

/// The base of most languages: comments and strings as in C.
const LIKE_C: Language = Language {
    names: &[],
    keywords: "",
    any_case: false,
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    strings: &[single_line("\""), single_line("'")],
    has_lifetimes: false,
    is_markup: false,
};

/// The base of languages with comments as in the shell.
const LIKE_SHELL: Language = Language { line_comments: &["#"], block_comment: None, ..LIKE_C };

static LANGUAGES: [Language; 16] = [
    Language {
        names: &["rust", "rs"],
        keywords: "as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i32 i64 if \
            impl in let loop match mod move mut pub ref return self Self static str struct super trait true type u16 u32 u64 \
            u8 unsafe use usize where while",
        strings: &[multiline("\"")],
        has_lifetimes: true,
        ..LIKE_C
    },
    Language {
        names: &["c", "h", "cpp", "c++", "cc", "hpp", "objc"],
        keywords: "auto bool break case catch char class const constexpr continue default delete do double else enum \
            explicit extern false float for friend goto if inline int long namespace new noexcept nullptr operator private \
            protected public return short signed sizeof static struct switch template this throw true try typedef typename \
            union unsigned using virtual void volatile while",
        ..LIKE_C
    },
    Language {
        names: &["java", "kotlin", "kt", "csharp", "cs", "c#", "swift", "dart", "scala", "groovy"],
        keywords: "abstract as async await boolean break byte case catch char class const continue data def default do \
            double else enum extends extension false final finally float for foreach fun func guard if implements import in \
            init int interface internal is let long namespace new nil null object operator override package private \
            protected protocol public readonly record return sealed self short static string struct super switch this throw \
            throws trait true try using val var virtual void when where while with yield",
        strings: &[multiline("\"\"\""), single_line("\""), single_line("'")],
        ..LIKE_C
    },
    Language {
        names: &["javascript", "js", "jsx", "mjs", "typescript", "ts", "tsx"],
        keywords: "abstract any as async await boolean break case catch class const continue declare default delete do else \
            enum export extends false finally for from function get if implements import in instanceof interface keyof let \
            namespace never new null number of private protected public readonly return satisfies set static string super \
            switch this throw true try type typeof undefined unknown var void while yield",
        strings: &[multiline("`"), single_line("\""), single_line("'")],
        ..LIKE_C
    },
    Language {
        names: &["go", "golang"],
        keywords: "any bool break byte case chan const continue default defer else error fallthrough false float64 for func \
            go goto if import int int64 interface map nil package range return rune select string struct switch true type \
            uint uint64 var",
        strings: &[multiline("`"), single_line("\""), single_line("'")],
        ..LIKE_C
    },
    Language {
        names: &["php"],
        keywords: "abstract array as break case catch class const continue default do echo else elseif extends false final \
            finally fn for foreach function global if implements include instanceof interface match namespace new null \
            private protected public readonly require return static string switch this throw trait true try use var void \
            while yield",
        line_comments: &["//", "#"],
        ..LIKE_C
    },
    Language {
        names: &["css", "scss", "less"],
        keywords: "and auto calc from import important inherit initial keyframes media none not only root supports to unset \
            var",
        ..LIKE_C
    },
    Language { names: &["json", "json5", "jsonc"], keywords: "false null true", ..LIKE_C },
    Language {
        names: &["python", "py"],
        keywords: "and as assert async await break case class continue def del elif else except False finally for from \
            global if import in is lambda match None nonlocal not or pass raise return self True try while with yield",
        strings: &[multiline("\"\"\""), multiline("'''"), single_line("\""), single_line("'")],
        ..LIKE_SHELL
    },
    Language {
        names: &["ruby", "rb"],
        keywords: "alias and begin break case class def do else elsif end ensure false for if in module next nil not or \
            raise redo require rescue retry return self super then true undef unless until when while yield",
        ..LIKE_SHELL
    },
    Language {
        names: &["sh", "bash", "zsh", "shell", "console"],
        keywords: "case cd do done echo elif else esac exit export false fi for function if in local read readonly return \
            set shift source sudo then trap true unset until while",
        strings: &[multiline("\""), multiline("'")],
        ..LIKE_SHELL
    },
    Language {
        names: &["yaml", "yml", "toml", "ini", "dockerfile", "makefile", "make"],
        keywords: "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM RUN USER VOLUME WORKDIR endif false ifdef ifeq include no \
            null true yes",
        ..LIKE_SHELL
    },
    Language {
        names: &["sql", "postgres", "mysql", "sqlite"],
        keywords: "add all alter and as asc begin between by case check column commit constraint create cross default delete \
            desc distinct drop else end exists foreign from full group having if in index inner insert into is join key left \
            like limit not null offset on or order outer primary references returning right rollback select set table then \
            union unique update using values view when where with",
        any_case: true,
        line_comments: &["--"],
        ..LIKE_C
    },
    Language {
        names: &["lua"],
        keywords: "and break do else elseif end false for function goto if in local nil not or repeat return then true until \
            while",
        line_comments: &["--"],
        block_comment: Some(("--[[", "]]")),
        ..LIKE_C
    },
    Language {
        names: &["haskell", "hs", "elm"],
        keywords: "case class data deriving do else if import in infix instance let module newtype of then type where",
        line_comments: &["--"],
        block_comment: Some(("{-", "-}")),
        strings: &[single_line("\"")],
        has_lifetimes: true,
        ..LIKE_C
    },
    Language {
        names: &["html", "xml", "svg", "vue"],
        line_comments: &[],
        block_comment: Some(("<!--", "-->")),
        // Only attribute values are strings: between tags, a quote is an apostrophe.
        strings: &[
            StringSyntax { begin: "=\"", end: "\"", is_multiline: true },
            StringSyntax { begin: "='", end: "'", is_multiline: true },
        ],
        is_markup: true,
        ..LIKE_C
    },
];
