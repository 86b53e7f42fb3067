//! The service written by hand with axum and serde.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use crate::store::{self, Item, Store, StoreError};

#[derive(Serialize)]
struct Product {
    sku: String,
    name: String,
    price: i64,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OrderStatus {
    Open,
    Paid,
    Shipped,
}

impl OrderStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
        }
    }
}

#[derive(Deserialize)]
struct NewOrder {
    customer: String,
    items: Vec<Item>,
    note: Option<String>,
}

#[derive(Deserialize)]
struct OrderUpdate {
    status: Option<OrderStatus>,
    note: Option<String>,
}

#[derive(Serialize)]
struct Order {
    id: Uuid,
    status: String,
    created_at: DateTime<Utc>,
    customer: String,
    items: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
struct OrderPage {
    orders: Vec<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

#[derive(Deserialize)]
struct ListOrders {
    status: Option<OrderStatus>,
    limit: Option<i32>,
    after: Option<i64>,
}

impl From<store::Order> for Order {
    fn from(order: store::Order) -> Self {
        Self {
            id: order.id,
            status: order.status,
            created_at: order.created_at,
            customer: order.customer,
            items: order.items,
            note: order.note,
        }
    }
}

enum AppError {
    BadRequest(String),
    NotFound,
    Shipped,
    UnsupportedMediaType,
    Unprocessable(String),
    Store(StoreError),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<JsonRejection> for AppError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::JsonDataError(error) => Self::Unprocessable(error.body_text()),
            other => Self::BadRequest(other.body_text()),
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::BadRequest(detail) => (StatusCode::BAD_REQUEST, detail),
            Self::NotFound => (StatusCode::NOT_FOUND, "there is no such order".to_owned()),
            Self::Shipped => (StatusCode::CONFLICT, "the order is shipped".to_owned()),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send `application/pdf`".to_owned(),
            ),
            Self::Unprocessable(detail) => (StatusCode::UNPROCESSABLE_ENTITY, detail),
            Self::Store(error) => {
                eprintln!("{error}");
                (StatusCode::INTERNAL_SERVER_ERROR, String::new())
            }
        };
        let title = status.canonical_reason().unwrap_or_default();
        let problem =
            serde_json::json!({"title": title, "status": status.as_u16(), "detail": detail});
        let media_type = [(header::CONTENT_TYPE, "application/problem+json")];
        (status, media_type, Json(problem)).into_response()
    }
}

type App = State<Arc<Store>>;

/// Returns the router of the service.
pub fn router(store: Store) -> Router {
    Router::new()
        .route("/products", get(list_products))
        .route("/orders", get(list_orders).post(create_order))
        .route(
            "/orders/{id}",
            get(get_order).patch(update_order).delete(delete_order),
        )
        .route("/orders/{id}/invoice", get(get_invoice).put(put_invoice))
        .with_state(Arc::new(store))
}

// Handlers

async fn list_products(store: App) -> Result<Json<Vec<Product>>, AppError> {
    let products = store.products()?.into_iter();
    let products = products.map(|store::Product { sku, name, price }| Product { sku, name, price });
    Ok(Json(products.collect()))
}

async fn list_orders(
    store: App,
    Query(ListOrders {
        status,
        limit,
        after,
    }): Query<ListOrders>,
) -> Result<Json<OrderPage>, AppError> {
    let limit = limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(AppError::BadRequest(
            "`limit` must be from 1 to 100".to_owned(),
        ));
    }
    let mut orders = store.orders(status.map(OrderStatus::as_str), limit, after)?;
    let has_more = orders.len() > limit as usize;
    orders.truncate(limit as usize);
    let next = orders.last().map(|order| order.number).filter(|_| has_more);
    let orders = orders.into_iter().map(Order::from).collect();
    Ok(Json(OrderPage { orders, next }))
}

async fn create_order(
    store: App,
    order: Result<Json<NewOrder>, JsonRejection>,
) -> Result<Response, AppError> {
    let Json(NewOrder {
        customer,
        items,
        note,
    }) = order?;
    if customer.is_empty() {
        return Err(AppError::Unprocessable(
            "`customer` must not be empty".to_owned(),
        ));
    }
    if items.is_empty() {
        return Err(AppError::Unprocessable(
            "`items` must not be empty".to_owned(),
        ));
    }
    if items.iter().any(|item| item.quantity < 1) {
        return Err(AppError::Unprocessable(
            "`quantity` must be at least 1".to_owned(),
        ));
    }
    let products = store.products()?;
    let is_unknown = |item: &&Item| products.iter().all(|product| product.sku != item.sku);
    if let Some(item) = items.iter().find(is_unknown) {
        return Err(AppError::Unprocessable(format!(
            "there is no product `{}`",
            item.sku
        )));
    }
    let order = store.add(&customer, &items, note.as_deref())?;
    let location = [(header::LOCATION, format!("/orders/{}", order.id))];
    Ok((StatusCode::CREATED, location, Json(Order::from(order))).into_response())
}

async fn get_order(store: App, Path(id): Path<Uuid>) -> Result<Json<Order>, AppError> {
    let order = store.order(id)?.ok_or(AppError::NotFound)?;
    Ok(Json(order.into()))
}

async fn update_order(
    store: App,
    Path(id): Path<Uuid>,
    update: Result<Json<OrderUpdate>, JsonRejection>,
) -> Result<Json<Order>, AppError> {
    let Json(OrderUpdate { status, note }) = update?;
    changeable(&store, id)?;
    let order = store.update(id, status.map(OrderStatus::as_str), note.as_deref())?;
    Ok(Json(order.into()))
}

async fn delete_order(store: App, Path(id): Path<Uuid>) -> Result<StatusCode, AppError> {
    changeable(&store, id)?;
    store.remove(id)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_invoice(
    store: App,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, AppError> {
    let media_type = headers.get(header::CONTENT_TYPE);
    if media_type.is_none_or(|media_type| media_type != "application/pdf") {
        return Err(AppError::UnsupportedMediaType);
    }
    store.order(id)?.ok_or(AppError::NotFound)?;
    let mut file = store.create_invoice(id).await?;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| AppError::BadRequest("incomplete content".to_owned()))?;
        file.write_all(&chunk).await.map_err(StoreError::from)?;
    }
    file.flush().await.map_err(StoreError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn get_invoice(store: App, Path(id): Path<Uuid>) -> Result<Response, AppError> {
    let file = store.invoice(id).await?.ok_or(AppError::NotFound)?;
    let body = Body::from_stream(ReaderStream::new(file));
    Ok(([(header::CONTENT_TYPE, "application/pdf")], body).into_response())
}

/// Checks that an order exists and is not shipped.
fn changeable(store: &Store, id: Uuid) -> Result<(), AppError> {
    let order = store.order(id)?.ok_or(AppError::NotFound)?;
    if order.status == "shipped" {
        return Err(AppError::Shipped);
    }
    Ok(())
}
