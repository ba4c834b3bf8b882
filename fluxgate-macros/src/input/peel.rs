//! Types and expressions without their parentheses and the invisible groups of `macro_rules!`.

use syn::{Expr, Type};

pub(crate) fn peel_type(mut ty: &Type) -> &Type {
    loop {
        match ty {
            Type::Group(group) => ty = &group.elem,
            Type::Paren(paren) => ty = &paren.elem,
            _ => return ty,
        }
    }
}

pub(crate) fn peel_expression(mut expression: &Expr) -> &Expr {
    loop {
        match expression {
            Expr::Group(group) => expression = &group.expr,
            Expr::Paren(paren) => expression = &paren.expr,
            _ => return expression,
        }
    }
}
