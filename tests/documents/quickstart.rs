//! The example of the README: a server and a client for `quickstart.yaml`.

use std::{collections::BTreeMap, error::Error};

use doc_quickstart::{
    Client, GetPet, GetPetResponse,
    server::{Api, Request, router},
    types::Pet,
};
use tokio::net::TcpListener;

struct Shop {
    pets: BTreeMap<i64, Pet>,
}

impl Api for Shop {
    async fn get_pet(&self, request: Request<GetPet>) -> GetPetResponse {
        match self.pets.get(&request.id) {
            Some(pet) => GetPetResponse::Ok(pet.clone()),
            None => GetPetResponse::NotFound,
        }
    }
}

async fn print_name(client: &Client, id: i64) -> Result<(), Box<dyn Error>> {
    match client.get_pet(id).await? {
        GetPetResponse::Ok(pet) => println!("{}", pet.name),
        GetPetResponse::NotFound => println!("There is no pet {id}."),
    }
    Ok(())
}

#[tokio::test]
async fn the_readme_example_works() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    let shop = Shop { pets: [(7, Pet::new("Kitty"))].into() };
    tokio::spawn(async move { axum::serve(listener, router(shop)).await });
    print_name(&client, 7).await?;
    print_name(&client, 8).await?;
    assert_eq!(client.get_pet(7).await?, GetPetResponse::Ok(Pet::new("Kitty")));
    assert_eq!(client.get_pet(8).await?, GetPetResponse::NotFound);
    Ok(())
}
