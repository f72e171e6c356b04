//! The PostgreSQL of tests: its start, its death in the middle of things, its return.

use testbed::Postgres;

#[test]
fn what_was_committed_outlives_a_killed_server() {
    let Some(mut server) = Postgres::start(&["work_mem=1234kB".to_owned()]).expect("a server") else { return };
    let url = server.database("one").expect("a database");
    assert!(url.contains(&format!("127.0.0.1:{}/one", server.port())), "{url}");
    server.query("one", "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)").expect("rows");
    assert_eq!(server.query("one", "SHOW work_mem"), Ok("1234kB".to_owned()));
    server.kill();
    server.query("one", "SELECT 1").expect_err("it is dead");
    server.restart().expect("it is back");
    assert_eq!(server.query("one", "SELECT n FROM t ORDER BY n"), Ok("1\n2".to_owned()));
    assert_eq!(server.query("one", "SHOW work_mem"), Ok("1234kB".to_owned()));
    assert!(server.schema("one").expect("tables").contains("CREATE TABLE public.t"));
    let wrong = server.query("one", "SELECT wrong").expect_err("no such column");
    assert!(wrong.contains("column \"wrong\" does not exist"), "{wrong}");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    match Postgres::start(&["no_such_setting=1".to_owned()]) {
        Err(error) => assert!(error.contains("no_such_setting"), "{error}"),
        Ok(started) => assert!(started.is_none(), "it started"),
    }
}
