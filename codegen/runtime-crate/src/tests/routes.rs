//! The route table.

use http::Method;

use crate::runtime::server::routes::Routes;

#[test]
fn literals_take_precedence_over_parameters() {
    let mut routes = Routes::new();
    for path in [
        "/pets/{id}",
        "/pets/mine",
        "/pets/{name}.json",
        "/pets/{id}/toys/{toy}",
        "/{any}",
    ] {
        routes.add(Method::GET, path, ());
    }
    for (path, template) in [
        ("/pets/1", Some("/pets/{id}")),
        ("/pets/mine", Some("/pets/mine")),
        ("/pets/%6Dine", Some("/pets/mine")),
        ("/pets/tom.json", Some("/pets/{name}.json")),
        ("/pets/1/toys/2", Some("/pets/{id}/toys/{toy}")),
        ("/pets", Some("/{any}")),
        ("/pets/", None),
        ("/pets/.", None),
        ("/pets/..", None),
        ("/pets/1/toys", None),
        ("/", None),
    ] {
        let found = routes.find(&Method::GET, path, "");
        assert_eq!(found.map(|route| route.path), template, "{path}");
    }
}

#[test]
fn a_path_has_its_methods() {
    let mut routes = Routes::new();
    routes.add(Method::GET, "/a/{x}", ());
    routes.add(Method::PUT, "/a/{y}", ());
    assert_eq!(routes.methods("/a/1").len(), 2);
    assert!(routes.methods("/b").is_empty());
    assert!(routes.find(&Method::POST, "/a/1", "").is_none());
}
