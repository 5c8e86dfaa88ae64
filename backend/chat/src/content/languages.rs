//! The languages that are shown in colours, by what their code looks like.

/// A language's looks.
pub(crate) struct Language {
    /// What it is called behind the fence, in small letters.
    names: &'static [&'static str],
    /// Its words, between spaces.
    keywords: &'static str,
    /// Whether capital letters make no difference to them.
    any_case: bool,
    /// What begins a comment that ends with its line.
    pub(crate) line_comments: &'static [&'static str],
    /// What a longer comment begins and ends with.
    pub(crate) block_comment: Option<(&'static str, &'static str)>,
    /// Its texts, those with the longest beginnings first.
    pub(crate) texts: &'static [Text],
    /// Whether a single quote may begin something else than a character.
    pub(crate) has_lifetimes: bool,
    /// Whether its words are the names of tags.
    pub(crate) is_markup: bool,
}

/// A way to write a text.
pub(crate) struct Text {
    pub(crate) begin: &'static str,
    pub(crate) end: &'static str,
    /// Whether it may have several lines.
    pub(crate) is_long: bool,
}

/// The language of that name.
pub(crate) fn language(name: &str) -> Option<&'static Language> {
    let name = name.to_ascii_lowercase();
    LANGUAGES.iter().find(|language| language.names.contains(&name.as_str()))
}

impl Language {
    /// Whether this is one of its words.
    pub(crate) fn has_keyword(&self, word: &str) -> bool {
        let is_it = |keyword: &str| keyword == word || self.any_case && keyword.eq_ignore_ascii_case(word);
        self.keywords.split(' ').any(is_it)
    }
}

const fn short(quote: &'static str) -> Text {
    Text { begin: quote, end: quote, is_long: false }
}

const fn long(quote: &'static str) -> Text {
    Text { begin: quote, end: quote, is_long: true }
}

/// With comments as C has them, from which most are descended.
const LIKE_C: Language = Language {
    names: &[],
    keywords: "",
    any_case: false,
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    texts: &[short("\""), short("'")],
    has_lifetimes: false,
    is_markup: false,
};

/// With comments as the shell has them.
const LIKE_SHELL: Language = Language { line_comments: &["#"], block_comment: None, ..LIKE_C };

static LANGUAGES: [Language; 16] = [
    Language {
        names: &["rust", "rs"],
        keywords: "as async await bool break char const continue crate dyn else enum extern f32 f64 false fn for i32 i64 if \
            impl in let loop match mod move mut pub ref return self Self static str struct super trait true type u16 u32 u64 \
            u8 unsafe use usize where while",
        texts: &[long("\"")],
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
        texts: &[long("\"\"\""), short("\""), short("'")],
        ..LIKE_C
    },
    Language {
        names: &["javascript", "js", "jsx", "mjs", "typescript", "ts", "tsx"],
        keywords: "abstract any as async await boolean break case catch class const continue declare default delete do else \
            enum export extends false finally for from function get if implements import in instanceof interface keyof let \
            namespace never new null number of private protected public readonly return satisfies set static string super \
            switch this throw true try type typeof undefined unknown var void while yield",
        texts: &[long("`"), short("\""), short("'")],
        ..LIKE_C
    },
    Language {
        names: &["go", "golang"],
        keywords: "any bool break byte case chan const continue default defer else error fallthrough false float64 for func \
            go goto if import int int64 interface map nil package range return rune select string struct switch true type \
            uint uint64 var",
        texts: &[long("`"), short("\""), short("'")],
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
        texts: &[long("\"\"\""), long("'''"), short("\""), short("'")],
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
        texts: &[long("\""), long("'")],
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
        texts: &[short("\"")],
        has_lifetimes: true,
        ..LIKE_C
    },
    Language {
        names: &["html", "xml", "svg", "vue"],
        line_comments: &[],
        block_comment: Some(("<!--", "-->")),
        // A quote in the words between tags is an apostrophe.
        texts: &[Text { begin: "=\"", end: "\"", is_long: true }, Text { begin: "='", end: "'", is_long: true }],
        is_markup: true,
        ..LIKE_C
    },
];
