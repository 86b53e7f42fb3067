//! The crate of `files.yaml`: parts in other files behave like parts of the document.

use doc_files::{
    GetPetResponse, ListOwnersResponse,
    types::{Cat, Dog, Name, Owner, Pet, Problem, Same},
};
use serde_json::{from_value, json, to_value};

#[test]
fn types_are_named_after_their_places() {
    let name: Name = "Ann".to_owned();
    let mut owner: Same = Owner::new(name);
    owner.pets = Some(vec![Pet::Dog(Dog::new("dog"))]);
    let mut cat = Cat::new("cat");
    cat.owner = Some(owner.clone());
    let pet = from_value::<Pet>(to_value(&cat).unwrap()).unwrap();
    assert_eq!(pet, Pet::Cat(cat));
    assert_eq!(
        to_value(&owner).unwrap(),
        json!({"name": "Ann", "pets": [{"kind": "dog"}]})
    );
    assert!(matches!(GetPetResponse::Ok(pet), GetPetResponse::Ok(_)));
    assert!(matches!(ListOwnersResponse::Ok(vec![owner]), ListOwnersResponse::Ok(_)));
    assert!(Problem::default().title.is_none());
    assert_eq!(doc_files::GetPet::new(5).id, 5);
}
