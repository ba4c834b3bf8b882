//! The modules of a package: what each defines and mentions.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Ident, Punct, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprLit, ImplItem, Item, ItemMod, ItemUse, Lit, LitStr, Meta, Token, Type, UseTree,
    Visibility,
};

/// Source files by their path below `src`, with `/` between folders.
pub(crate) struct Sources(BTreeMap<String, String>);

#[derive(Default)]
pub(crate) struct Module {
    pub(crate) file: String,
    /// Names from the root of the crate.
    pub(crate) path: Vec<String>,
    pub(crate) parent: usize,
    pub(crate) names: HashMap<String, Vec<Meaning>>,
    /// Imports within functions.
    pub(crate) local_names: HashMap<String, Vec<Meaning>>,
    pub(crate) globs: Vec<Vec<String>>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) methods: Vec<Method>,
    /// Each type, trait and alias, with its line.
    pub(crate) types: Vec<(String, usize)>,
    /// Functions that are named like a question, but take something to change, with their lines.
    pub(crate) changing_questions: Vec<(String, usize)>,
}

/// A function or constant of an `impl`, or a function of a trait.
pub(crate) struct Method {
    pub(crate) name: String,
    /// The type, for inherent functions: `impl Type` without a trait.
    pub(crate) of: Option<Vec<String>>,
}

/// What a name stands for; it can be several things, as a module and a function may share a name.
#[derive(Clone)]
pub(crate) enum Meaning {
    Defined,
    Module(usize),
    Import(Vec<String>),
}

pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Import,
    ReExport,
    Code,
    /// A possible function of a type: a path, or just the name in a call on a value of unknown type.
    Method,
}

impl Sources {
    pub(crate) fn of_package(root: &Path) -> Self {
        let src = root.join("src");
        let mut files = BTreeMap::new();
        let mut folders = vec![src.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("the package has sources") {
                let path = entry.expect("a folder can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).expect("a source file is text");
                    files.insert(spelled(path.strip_prefix(&src).expect("it is below `src`")), text);
                }
            }
        }
        Self(files)
    }

    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|&(place, text)| (place.to_owned(), text.to_owned())).collect())
    }

    /// All modules that are compiled into the library; the first is the root.
    pub(crate) fn modules(&self) -> Vec<Module> {
        let mut reader = Reader {
            sources: self,
            modules: Vec::new(),
            current: 0,
            own: None,
            blocks: 0,
            folder: PathBuf::new(),
        };
        reader.file(Module { file: "lib.rs".to_owned(), ..Module::default() }, PathBuf::new());
        reader.modules
    }
}

struct Reader<'a> {
    sources: &'a Sources,
    modules: Vec<Module>,
    current: usize,
    /// The type whose functions are being read.
    own: Option<Vec<String>>,
    /// How many blocks of code enclose this place. A name in a block is not the module's.
    blocks: usize,
    /// Where to look for the files of submodules.
    folder: PathBuf,
}

impl Reader<'_> {
    /// Reads a file as a new module, and returns the module's index.
    fn file(&mut self, module: Module, folder: PathBuf) -> usize {
        let text =
            self.sources.0.get(&module.file).unwrap_or_else(|| panic!("there is no file {}", module.file));
        let content = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", module.file));
        self.module(module, folder, &content.items)
    }

    fn module(&mut self, module: Module, folder: PathBuf, items: &[Item]) -> usize {
        let index = self.modules.len();
        self.modules.push(module);
        let around = (self.current, self.blocks, std::mem::replace(&mut self.folder, folder));
        (self.current, self.blocks) = (index, 0);
        for item in items {
            self.visit_item(item);
        }
        (self.current, self.blocks, self.folder) = around;
        index
    }

    fn here(&mut self) -> &mut Module {
        &mut self.modules[self.current]
    }

    fn define(&mut self, name: String, meaning: Meaning) {
        let names = if self.blocks == 0 {
            &mut self.here().names
        } else if matches!(meaning, Meaning::Import(_)) {
            &mut self.here().local_names
        } else {
            return;
        };
        names.entry(name).or_default().push(meaning);
    }

    fn define_type(&mut self, name: &Ident) {
        self.here().types.push((unraw(name), name.span().start().line));
    }

    fn mention(&mut self, path: Vec<String>, first: &Ident, kind: Kind) {
        self.here().mentions.push(Mention { path, line: first.span().start().line, kind });
    }

    /// A path in code, which may lead to a function of a type.
    fn mention_path(&mut self, path: Vec<String>, first: &Ident) {
        if path.len() > 1 {
            let of_own = self.own.iter().filter(|_| path[0] == "Self").flatten();
            let names = of_own.chain(path.iter().skip_while(|name| *name == "Self")).cloned().collect();
            self.mention(names, first, Kind::Method);
        }
        self.mention(path, first, Kind::Code);
    }

    fn item_use(&mut self, item: &ItemUse) {
        let is_private = matches!(item.vis, Visibility::Inherited);
        if item.leading_colon.is_none() {
            self.import(&item.tree, &[], if is_private { Kind::Import } else { Kind::ReExport });
        }
    }

    fn import(&mut self, tree: &UseTree, before: &[String], kind: Kind) {
        let with = |name: &Ident| {
            let name = (name != "self").then(|| unraw(name));
            before.iter().cloned().chain(name).collect::<Vec<_>>()
        };
        match tree {
            UseTree::Path(path) => {
                let first = (before.is_empty() && path.ident == "self").then(|| vec!["self".to_owned()]);
                self.import(&path.tree, &first.unwrap_or_else(|| with(&path.ident)), kind);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before, kind)),
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.here().globs.push(before.to_vec());
                self.here().mentions.push(Mention { path: before.to_vec(), line, kind });
            }
            UseTree::Name(name) => {
                let path = with(&name.ident);
                let imported = path.last().cloned().unwrap_or_default();
                self.define(imported, Meaning::Import(path.clone()));
                self.mention(path, &name.ident, kind);
            }
            UseTree::Rename(rename) => {
                let path = with(&rename.ident);
                self.define(unraw(&rename.rename), Meaning::Import(path.clone()));
                self.mention(path, &rename.ident, kind);
            }
        }
    }

    /// The imports and paths among the tokens of a macro or attribute. A single name could be anything there, so it does not count.
    fn tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<_> = without_dollars(tokens);
        let mut at = 0;
        while at < trees.len() {
            let start = at;
            at += 1;
            match &trees[start] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(word) if word == "use" => {
                    let rest = trees[start..].iter().take_while(|tree| !is_sign(tree, ';')).cloned();
                    if let Ok(item) = syn::parse2::<ItemUse>(rest.clone().chain([semicolon()]).collect()) {
                        self.item_use(&item);
                        at = start + rest.count();
                    }
                }
                TokenTree::Ident(first) => {
                    let mut path = vec![unraw(first)];
                    while let Some([colon, another, TokenTree::Ident(name)]) = trees.get(at..at + 3)
                        && is_sign(colon, ':')
                        && is_sign(another, ':')
                    {
                        path.push(unraw(name));
                        at += 3;
                    }
                    let is_absolute =
                        start >= 2 && trees[start - 2..start].iter().all(|tree| is_sign(tree, ':'));
                    let is_after_dot = start >= 1 && is_sign(&trees[start - 1], '.');
                    if is_after_dot && matches!(trees.get(at), Some(TokenTree::Group(_))) {
                        self.mention(path, first, Kind::Method);
                    } else if path.len() > 1 && !is_absolute {
                        if is_anchored(&path) && !matches!(trees.get(at), Some(TokenTree::Group(_))) {
                            // It may be a module, whose name the macro completes.
                            self.mention(path.clone(), first, Kind::Import);
                        }
                        self.mention_path(path, first);
                    }
                }
                // Attributes for derives write paths in strings.
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse2::<LitStr>(TokenTree::from(literal.clone()).into())
                        && let Ok(path) = text.parse::<syn::Path>()
                        && path.segments.len() > 1
                        && is_anchored(&names(&path))
                    {
                        self.mention(names(&path), &path.segments[0].ident, Kind::Import);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = head(item);
        if attributes.iter().any(is_for_tests) {
            return;
        }
        if let Some(name) = name {
            self.define(unraw(name), Meaning::Defined);
            if let Item::Enum(_) | Item::Struct(_) | Item::Trait(_) | Item::Type(_) | Item::Union(_) = item {
                self.define_type(name);
            }
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = unraw(&item.ident);
        let path = self.here().path.iter().chain([&name]).cloned().collect();
        let mut module = Module { path, parent: self.current, ..Module::default() };
        let folder = self.folder.join(&name);
        let index = if let Some((_, items)) = &item.content {
            module.file.clone_from(&self.here().file);
            self.module(module, folder, items)
        } else if let Some(place) = item.attrs.iter().find_map(path_attribute) {
            // The file is next to the one that names it, and its own submodules are next to it.
            let place = Path::new(&self.here().file).with_file_name(place);
            module.file = spelled(&place);
            self.file(module, place.parent().map(Path::to_owned).unwrap_or_default())
        } else {
            let alone = spelled(&folder.with_extension("rs"));
            let is_alone = self.sources.0.contains_key(&alone);
            module.file = if is_alone { alone } else { spelled(&folder.join("mod.rs")) };
            self.file(module, folder)
        };
        self.define(name, Meaning::Module(index));
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.item_use(item);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let trees: Vec<_> = item.mac.tokens.clone().into_iter().collect();
        for pair in trees.windows(2) {
            if let [TokenTree::Ident(keyword), TokenTree::Ident(name)] = pair
                && ["struct", "enum", "union", "trait", "type", "fn", "const", "static"]
                    .contains(&keyword.to_string().as_str())
            {
                self.define(unraw(name), Meaning::Defined);
                if !["fn", "const", "static"].contains(&keyword.to_string().as_str()) {
                    self.define_type(name);
                }
            }
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => return,
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let own = match &*item.self_ty {
            Type::Path(path) => Some(names(&path.path)),
            _ => None,
        };
        let of = own.clone().filter(|_| item.trait_.is_none());
        let functions = item.items.iter().filter_map(|item| match item {
            ImplItem::Const(constant) => Some(unraw(&constant.ident)),
            ImplItem::Fn(function) => Some(unraw(&function.sig.ident)),
            _ => None,
        });
        self.here().methods.extend(functions.map(|name| Method { name, of: of.clone() }));
        let around = std::mem::replace(&mut self.own, own);
        visit::visit_item_impl(self, item);
        self.own = around;
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.here().methods.push(Method { name: unraw(&function.sig.ident), of: None });
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        let name = unraw(&signature.ident);
        let mut found = MutableReference(false);
        signature.inputs.iter().for_each(|input| found.visit_fn_arg(input));
        if is_question(&name) && found.0 {
            self.here().changing_questions.push((name, signature.ident.span().start().line));
        }
        visit::visit_signature(self, signature);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let is_own = matches!(&*call.receiver, Expr::Path(receiver) if receiver.path.is_ident("self"));
        let own = self.own.iter().filter(|_| is_own).flatten().cloned();
        let path = own.chain([unraw(&call.method)]).collect();
        self.mention(path, &call.method, Kind::Method);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.blocks += 1;
        visit::visit_block(self, block);
        self.blocks -= 1;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let (None, Some(first)) = (path.leading_colon, path.segments.first()) {
            self.mention_path(names(path), &first.ident);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        self.visit_path(&invoked.path);
        // Quoted code belongs to other crates.
        if !invoked.path.segments.last().is_some_and(|name| name.ident.to_string().contains("quote")) {
            self.tokens(invoked.tokens.clone());
        }
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

/// Whether a type has a mutable reference in it.
struct MutableReference(bool);

impl<'ast> Visit<'ast> for MutableReference {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.0 |= reference.mutability.is_some();
        visit::visit_type_reference(self, reference);
    }

    fn visit_receiver(&mut self, receiver: &'ast syn::Receiver) {
        self.0 |= matches!(receiver.kind, syn::ReceiverKind::Reference(_, _, Some(_)));
        visit::visit_receiver(self, receiver);
    }
}

fn is_question(function: &str) -> bool {
    let verbs =
        ["is", "are", "was", "has", "have", "had", "may", "can", "must", "needs", "wants", "holds", "fits"];
    function.split_once('_').is_some_and(|(first, _)| verbs.contains(&first))
}

fn head(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, None),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => (&[], None),
    }
}

/// Whether the attribute is a `cfg` that holds only in tests.
fn is_for_tests(attribute: &Attribute) -> bool {
    fn needs_test(condition: &Meta) -> bool {
        match condition {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("all") => list
                .parse_args_with(syn::punctuated::Punctuated::<Meta, Token![,]>::parse_terminated)
                .is_ok_and(|conditions| conditions.iter().any(needs_test)),
            _ => false,
        }
    }
    attribute.path().is_ident("cfg") && attribute.parse_args().is_ok_and(|condition| needs_test(&condition))
}

/// `lib` of `#[path = "lib"]`.
fn path_attribute(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(place), .. }) => Some(place.value()),
            _ => None,
        },
        _ => None,
    }
}

fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| unraw(&segment.ident)).collect()
}

/// Whether a path begins within the crate, whatever is imported.
fn is_anchored(path: &[String]) -> bool {
    ["crate", "self", "super"].contains(&path[0].as_str())
}

/// Tokens with `crate` for `$crate`, and a variable's name for the variable.
fn without_dollars(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().filter(|tree| !is_sign(tree, '$')).collect()
}

fn semicolon() -> TokenTree {
    Punct::new(';', Spacing::Alone).into()
}

fn is_sign(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn unraw(name: &Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

fn spelled(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
