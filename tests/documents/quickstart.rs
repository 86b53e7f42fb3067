//! The example of the README: a server and a client for `quickstart.yaml`.

use std::{collections::BTreeMap, error::Error};

use doc_quickstart::{
    Client, GetPet, GetPetResponse,
    server::{Api, router},
    types::Pet,
};
use tokio::net::TcpListener;

struct Shop {
    pets: BTreeMap<i64, Pet>,
}

impl Api for Shop {
    async fn get_pet(&self, request: GetPet) -> GetPetResponse {
        match self.pets.get(&request.id) {
            Some(pet) => GetPetResponse::Ok(pet.clone()),
            None => GetPetResponse::NotFound,
        }
    }
}

async fn name_of(client: &Client, id: i64) -> Result<Option<String>, Box<dyn Error>> {
    let mut name = None;
    match client.get_pet(id).await? {
        GetPetResponse::Ok(pet) => name = Some(pet.name),
        GetPetResponse::NotFound => println!("There is no pet {id}."),
    }
    Ok(name)
}

#[tokio::test]
async fn the_example_of_the_readme_works() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    let shop = Shop { pets: [(7, Pet::new("Kitty"))].into() };
    tokio::spawn(async move { axum::serve(listener, router(shop)).await });
    assert_eq!(name_of(&client, 7).await?.as_deref(), Some("Kitty"));
    assert_eq!(name_of(&client, 8).await?, None);
    Ok(())
}
