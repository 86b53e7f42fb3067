//! The service with the generated API.

use axum::Router;
use orders_api::{
    Body, CreateOrder, CreateOrderResponse, DeleteOrder, DeleteOrderResponse, GetInvoice,
    GetInvoiceResponse, GetOrder, GetOrderResponse, ListOrders, ListOrdersResponse, ListProducts,
    ListProductsResponse, PutInvoice, PutInvoiceResponse, UpdateOrder, UpdateOrderResponse,
    server::{self, Api, Declares, HandlerError, InternalError, Request},
    types::{self, OrderPage, OrderStatus, Problem},
};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::store::{self, Item, Store};

/// The error of an operation on an order.
#[derive(Debug)]
enum OrderError {
    NotFound,
    Internal(InternalError),
}

/// The error of a change of an order.
#[derive(Debug)]
enum ChangeError {
    Shipped,
    Order(OrderError),
}

/// `?` converts every error of the store.
impl<E: Into<InternalError>> From<E> for OrderError {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

impl<E: Into<OrderError>> From<E> for ChangeError {
    fn from(error: E) -> Self {
        Self::Order(error.into())
    }
}

impl<R: Declares<404, Problem>> HandlerError<R> for OrderError {
    fn into_response(self) -> Result<R, InternalError> {
        match self {
            Self::NotFound => Ok(Declares::<404, _>::respond_with(problem(
                404,
                "there is no such order",
            ))),
            Self::Internal(error) => Err(error),
        }
    }
}

impl<R: Declares<404, Problem> + Declares<409, Problem>> HandlerError<R> for ChangeError {
    fn into_response(self) -> Result<R, InternalError> {
        match self {
            Self::Shipped => Ok(Declares::<409, _>::respond_with(problem(
                409,
                "the order is shipped",
            ))),
            Self::Order(error) => error.into_response(),
        }
    }
}

fn problem(status: i32, detail: &str) -> Problem {
    let mut problem = Problem::new("The request failed", status);
    problem.detail = Some(detail.to_owned());
    problem
}

impl From<store::Order> for types::Order {
    fn from(order: store::Order) -> Self {
        let items = order
            .items
            .into_iter()
            .map(|item| types::Item::new(item.sku, item.quantity));
        let mut converted = Self::new(
            order.id,
            order.status,
            order.created_at,
            order.customer,
            items.collect(),
        );
        converted.note = order.note;
        converted
    }
}

struct Service {
    store: Store,
}

/// Returns the router of the service.
pub fn router(store: Store) -> Router {
    server::router(Service { store })
}

// Handlers

#[allow(refining_impl_trait)]
impl Api for Service {
    async fn list_products(
        &self,
        _: Request<ListProducts>,
    ) -> Result<ListProductsResponse, InternalError> {
        let products = self.store.products()?.into_iter();
        let products =
            products.map(|product| types::Product::new(product.sku, product.name, product.price));
        Ok(ListProductsResponse::Ok(products.collect()))
    }

    async fn list_orders(
        &self,
        request: Request<ListOrders>,
    ) -> Result<ListOrdersResponse, InternalError> {
        let (limit, status) = (request.limit_or_default(), request.status.as_ref());
        let mut orders =
            self.store
                .orders(status.map(OrderStatus::as_str), limit, request.after)?;
        let has_more = orders.len() > limit as usize;
        orders.truncate(limit as usize);
        let next = orders.last().map(|order| order.number).filter(|_| has_more);
        let mut page = OrderPage::new(orders.into_iter().map(Into::into).collect());
        page.next = next;
        Ok(ListOrdersResponse::Ok(page))
    }

    async fn create_order(
        &self,
        request: Request<CreateOrder>,
    ) -> Result<CreateOrderResponse, InternalError> {
        let order = request.into_inner().body;
        let items = order
            .items
            .into_iter()
            .map(|types::Item { sku, quantity, .. }| Item { sku, quantity });
        let items: Vec<_> = items.collect();
        let products = self.store.products()?;
        let is_unknown = |item: &&Item| products.iter().all(|product| product.sku != item.sku);
        if let Some(item) = items.iter().find(is_unknown) {
            let problem = problem(422, &format!("there is no product `{}`", item.sku));
            return Ok(CreateOrderResponse::UnprocessableContent(problem));
        }
        let order = self
            .store
            .add(&order.customer, &items, order.note.as_deref())?;
        let location = format!("/orders/{}", order.id);
        Ok(CreateOrderResponse::Created {
            location,
            body: order.into(),
        })
    }

    async fn get_order(&self, request: Request<GetOrder>) -> Result<GetOrderResponse, OrderError> {
        Ok(GetOrderResponse::Ok(self.order(request.id)?.into()))
    }

    async fn update_order(
        &self,
        request: Request<UpdateOrder>,
    ) -> Result<UpdateOrderResponse, ChangeError> {
        let (id, update) = (request.id, &request.body);
        self.changeable(id)?;
        let status = update.status.as_ref().map(OrderStatus::as_str);
        let order = self.store.update(id, status, update.note.as_deref())?;
        Ok(UpdateOrderResponse::Ok(order.into()))
    }

    async fn delete_order(
        &self,
        request: Request<DeleteOrder>,
    ) -> Result<DeleteOrderResponse, ChangeError> {
        self.changeable(request.id)?;
        self.store.remove(request.id)?;
        Ok(DeleteOrderResponse::NoContent)
    }

    async fn put_invoice(
        &self,
        request: Request<PutInvoice>,
    ) -> Result<PutInvoiceResponse, OrderError> {
        self.order(request.id)?;
        let mut file = self.store.create_invoice(request.id).await?;
        let mut invoice = request.into_inner().body;
        while let Some(chunk) = invoice.chunk().await? {
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        Ok(PutInvoiceResponse::NoContent)
    }

    async fn get_invoice(
        &self,
        request: Request<GetInvoice>,
    ) -> Result<GetInvoiceResponse, OrderError> {
        let invoice = self
            .store
            .invoice(request.id)
            .await?
            .ok_or(OrderError::NotFound)?;
        Ok(GetInvoiceResponse::Ok(Body::from_reader(invoice)))
    }
}

impl Service {
    /// Returns an order.
    fn order(&self, id: Uuid) -> Result<store::Order, OrderError> {
        self.store.order(id)?.ok_or(OrderError::NotFound)
    }

    /// Checks that an order exists and is not shipped.
    fn changeable(&self, id: Uuid) -> Result<(), ChangeError> {
        if self.order(id)?.status == "shipped" {
            return Err(ChangeError::Shipped);
        }
        Ok(())
    }
}
