//! The same requests to both services, over a socket.

use std::{collections::BTreeSet, error::Error};

use orders::{auth::protected, by_hand, service, store::Store};
use orders_api::{
    Body, Client, CreateOrderResponse, DeleteOrderResponse, GetInvoiceResponse, GetOrderResponse,
    PutInvoiceResponse, Status, UpdateOrderResponse,
    types::{Item, NewOrder, OrderStatus, OrderUpdate},
};
use tokio::net::TcpListener;
use uuid::Uuid;

type Outcome = Result<(), Box<dyn Error>>;

async fn start(router: fn(Store) -> axum::Router, name: &str) -> Result<Client, Box<dyn Error>> {
    let invoices = std::env::temp_dir().join(format!("orders-{name}-{}", std::process::id()));
    let router = protected(router(Store::new(&invoices)?));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Client::builder()
        .base_url(url)
        .token("token-of-Tom")
        .build()?)
}

#[tokio::test]
async fn the_generated_service_works() -> Outcome {
    check(start(service::router, "generated").await?).await
}

#[tokio::test]
async fn the_service_by_hand_works() -> Outcome {
    check(start(by_hand::router, "by-hand").await?).await
}

async fn check(client: Client) -> Outcome {
    let anonymous = Client::new(client.base_url())?;
    let error = anonymous.list_products().success().await.unwrap_err();
    assert_eq!(error.code(), Some(Status::Unauthorized.into()));
    assert_eq!(client.list_products().success().await?.len(), 2);

    // Orders
    let mut ids = Vec::new();
    for customer in ["Ann", "Ben", "Cleo"] {
        let order = NewOrder::new(customer, vec![Item::new("tea", 2)]);
        let CreateOrderResponse::Created { location, body } = client.create_order(order).await?
        else {
            panic!("not created");
        };
        assert_eq!(location, format!("/orders/{}", body.id));
        assert_eq!(
            (body.status, body.customer.as_str()),
            (OrderStatus::Open, customer)
        );
        ids.push(body.id);
    }
    let cake = NewOrder::new("Ann", vec![Item::new("cake", 1)]);
    assert_eq!(
        client.create_order(cake).await?.code(),
        Status::UnprocessableContent
    );
    let none = NewOrder::new("Ann", vec![Item::new("tea", 0)]);
    assert_eq!(
        client.create_order(none).await?.code(),
        Status::UnprocessableContent
    );
    let GetOrderResponse::Ok(order) = client.get_order(ids[0]).await? else {
        panic!("no order");
    };
    assert!(order.created_at <= chrono::Utc::now());
    let response = client.get_order(Uuid::new_v4()).await?;
    assert!(matches!(response, GetOrderResponse::NotFound(problem) if problem.status == 404));

    // Pages
    let mut seen = BTreeSet::new();
    let mut page = client.list_orders().limit(2).success().await?;
    assert_eq!(page.orders.len(), 2);
    loop {
        seen.extend(page.orders.iter().map(|order| order.customer.clone()));
        let Some(next) = page.next else { break };
        page = client.list_orders().limit(2).after(next).success().await?;
    }
    assert_eq!(Vec::from_iter(seen), ["Ann", "Ben", "Cleo"]);
    let paid = client
        .list_orders()
        .status(OrderStatus::Paid)
        .success()
        .await?;
    assert!(paid.orders.is_empty());

    // Changes
    let mut update = OrderUpdate::new();
    update.status = Some(OrderStatus::Shipped);
    let UpdateOrderResponse::Ok(order) = client.update_order(ids[0], update.clone()).await? else {
        panic!("not updated");
    };
    assert_eq!(order.status, OrderStatus::Shipped);
    let response = client.update_order(ids[0], update).await?;
    assert!(matches!(response, UpdateOrderResponse::Conflict(_)));
    assert!(matches!(
        client.delete_order(ids[0]).await?,
        DeleteOrderResponse::Conflict(_)
    ));
    assert_eq!(
        client.delete_order(ids[1]).await?,
        DeleteOrderResponse::NoContent
    );
    assert!(matches!(
        client.delete_order(ids[1]).await?,
        DeleteOrderResponse::NotFound(_)
    ));

    // Invoices
    assert!(matches!(
        client.get_invoice(ids[2]).await?,
        GetInvoiceResponse::NotFound(_)
    ));
    let invoice = vec![7; 3_000_000];
    let upload = Body::from_reader(std::io::Cursor::new(invoice.clone()));
    assert_eq!(
        client.put_invoice(ids[2], upload).await?,
        PutInvoiceResponse::NoContent
    );
    let mut download = client.get_invoice(ids[2]).send_streaming().await?;
    let mut received = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        received.extend_from_slice(&chunk);
    }
    assert_eq!(received, invoice);
    let missing = client.put_invoice(Uuid::new_v4(), "text").await?;
    assert!(matches!(missing, PutInvoiceResponse::NotFound(_)));
    Ok(())
}
