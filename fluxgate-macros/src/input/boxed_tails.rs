//! A body that does something before it returns a future, and where it boxes that future.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Block, Expr, Stmt};

use crate::input::future_block::is_box_pin;
use crate::input::tokens::is_one_of;

/// A body with expressions that box a future and return the box: `Box::pin(..)` and `f(x).boxed()`.
pub(crate) struct BoxedTails(Block);

/// What is boxed.
#[derive(Clone, Copy)]
pub(crate) enum Boxed {
    Future,
    /// The receiver of a method named `boxed` or `boxed_local`: nothing else is known about it.
    PerhapsFuture,
}

impl BoxedTails {
    /// The body with its boxing expressions, if it has any.
    pub(crate) fn of(block: &Group) -> Option<Self> {
        let block: Block = syn::parse2(TokenTree::Group(block.clone()).into()).ok()?;
        let mut count = 0;
        Wrapper(&mut |future, _| {
            count += 1;
            future
        })
        .block(&mut block.clone());
        (count > 0).then_some(Self(block))
    }

    /// The body, with each of those futures passed through a function.
    pub(crate) fn wrapped(&self, wrap: &mut WrapTail<'_>) -> Option<Group> {
        let mut block = self.0.clone();
        Wrapper(wrap).block(&mut block);
        match block.into_token_stream().into_iter().next() {
            Some(TokenTree::Group(block)) => Some(block),
            _ => None,
        }
    }
}

type WrapTail<'a> = dyn FnMut(TokenStream, Boxed) -> TokenStream + 'a;

struct Wrapper<'a>(&'a mut WrapTail<'a>);

impl Wrapper<'_> {
    /// A block whose value is returned.
    fn block(&mut self, block: &mut Block) {
        match block.stmts.split_last_mut() {
            Some((Stmt::Expr(last, None), statements)) => {
                self.statements(statements);
                self.returned(last);
            }
            _ => self.statements(&mut block.stmts),
        }
    }

    /// An expression whose value is returned.
    fn returned(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Call(call) if is_box_pin(&call.func) && call.args.len() == 1 => {
                call.args.iter_mut().for_each(|future| self.wrap(future, Boxed::Future));
            }
            Expr::MethodCall(call) if is_one_of(&call.method, &["boxed", "boxed_local"]) => {
                if call.args.is_empty() && may_be_moved(&call.receiver) {
                    self.wrap(&mut call.receiver, Boxed::PerhapsFuture);
                }
            }
            Expr::Block(block) if block.label.is_none() => self.block(&mut block.block),
            Expr::Unsafe(block) => self.block(&mut block.block),
            Expr::If(choice) => {
                self.block(&mut choice.then_branch);
                if let Some((_, otherwise)) = &mut choice.else_branch {
                    self.returned(otherwise);
                }
            }
            Expr::Match(choice) => choice.arms.iter_mut().for_each(|arm| self.returned(&mut arm.body)),
            Expr::Paren(inner) => self.returned(&mut inner.expr),
            Expr::Group(inner) => self.returned(&mut inner.expr),
            Expr::Cast(cast) => self.returned(&mut cast.expr),
            other => self.not_returned(other),
        }
    }

    /// An expression in which there may be a `return`. What belongs to a closure or to another future is left alone.
    fn not_returned(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Return(its) => {
                if let Some(value) = &mut its.expr {
                    self.returned(value);
                }
            }
            Expr::Block(block) => self.statements(&mut block.block.stmts),
            Expr::Unsafe(block) => self.statements(&mut block.block.stmts),
            Expr::Loop(block) => self.statements(&mut block.body.stmts),
            Expr::While(block) => self.statements(&mut block.body.stmts),
            Expr::ForLoop(block) => self.statements(&mut block.body.stmts),
            Expr::If(choice) => {
                self.statements(&mut choice.then_branch.stmts);
                if let Some((_, otherwise)) = &mut choice.else_branch {
                    self.not_returned(otherwise);
                }
            }
            Expr::Match(choice) => choice.arms.iter_mut().for_each(|arm| self.not_returned(&mut arm.body)),
            _ => {}
        }
    }

    fn statements(&mut self, statements: &mut [Stmt]) {
        for statement in statements {
            match statement {
                Stmt::Expr(expression, _) => self.not_returned(expression),
                Stmt::Local(local) => {
                    let init = local.init.as_mut();
                    if let Some((_, otherwise)) = init.and_then(|init| init.diverge.as_mut()) {
                        self.not_returned(otherwise);
                    }
                }
                Stmt::Item(_) | Stmt::Macro(_) => {}
            }
        }
    }

    fn wrap(&mut self, future: &mut Expr, boxed: Boxed) {
        *future = Expr::Verbatim((self.0)(future.to_token_stream(), boxed));
    }
}

/// Whether an expression can be moved if its value is not used again: it is a new value, or a variable.
fn may_be_moved(expression: &Expr) -> bool {
    match expression {
        Expr::Async(_) | Expr::Call(_) | Expr::MethodCall(_) => true,
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
            name != "self" && name.to_string().starts_with(|first: char| first.is_lowercase() || first == '_')
        }),
        Expr::Paren(inner) => may_be_moved(&inner.expr),
        _ => false,
    }
}
