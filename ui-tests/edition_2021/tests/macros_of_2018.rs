//! A macro's edition is that of its crate, wherever it is used.

fluxgate_ui_tests_edition_2018::guarded_functions!();

#[test]
fn what_a_macro_of_another_edition_writes_is_guarded() -> std::io::Result<()> {
    let mut lines = Vec::new();
    append(append(&mut lines, "a")?, "b")?;
    first(&mut lines)?.push('c');
    assert_eq!(lines, ["ac", "b"]);
    let mut pair = (0, String::new());
    half(&mut pair)?.push('d');
    assert_eq!(pair, (1, "d".to_owned()));
    Ok(())
}
