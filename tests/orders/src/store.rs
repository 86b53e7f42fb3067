//! Orders in a SQLite database, and their invoices in a folder.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A product.
#[derive(Debug)]
pub struct Product {
    pub sku: String,
    pub name: String,
    pub price: i64,
}

/// A number of pieces of a product.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    pub sku: String,
    pub quantity: i32,
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Orders are numbered in the order of their creation.
    pub number: i64,
    pub id: Uuid,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub customer: String,
    pub items: Vec<Item>,
    pub note: Option<String>,
}

/// An error of the database or of the file system.
#[derive(Debug)]
pub enum StoreError {
    Database(rusqlite::Error),
    File(std::io::Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed: {error}"),
            Self::File(error) => write!(f, "the file system failed: {error}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

/// The database, and the folder of the invoices.
pub struct Store {
    database: Mutex<Connection>,
    invoices: PathBuf,
}

impl Store {
    /// Creates a store with some products; its database is in memory.
    pub fn new(invoices: &Path) -> Result<Self, StoreError> {
        let database = Connection::open_in_memory()?;
        database.execute_batch(
            "CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL);
             CREATE TABLE orders (
                number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, status TEXT NOT NULL,
                created_at TEXT NOT NULL, customer TEXT NOT NULL, items TEXT NOT NULL, note TEXT);
             INSERT INTO products VALUES ('tea', 'Tea', 350), ('cup', 'A cup', 1200);",
        )?;
        std::fs::create_dir_all(invoices)?;
        Ok(Self {
            database: Mutex::new(database),
            invoices: invoices.to_owned(),
        })
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all products.
    pub fn products(&self) -> Result<Vec<Product>, StoreError> {
        let database = self.database();
        let mut query = database.prepare("SELECT sku, name, price FROM products ORDER BY sku")?;
        let products = query.query_map([], |row| {
            let (sku, name, price) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Product { sku, name, price })
        })?;
        Ok(products.collect::<Result<_, _>>()?)
    }

    /// Returns the newest orders before a number; one more than `limit` shows that there are others.
    pub fn orders(
        &self,
        status: Option<&str>,
        limit: i32,
        before: Option<i64>,
    ) -> Result<Vec<Order>, StoreError> {
        let database = self.database();
        let mut query = database.prepare(
            "SELECT * FROM orders WHERE number < coalesce(:before, number + 1)
             AND status = coalesce(:status, status) ORDER BY number DESC LIMIT :limit",
        )?;
        let parameters = named_params! {":before": before, ":status": status, ":limit": limit + 1};
        let orders = query.query_map(parameters, order)?;
        Ok(orders.collect::<Result<_, _>>()?)
    }

    /// Returns an order.
    pub fn order(&self, id: Uuid) -> Result<Option<Order>, StoreError> {
        let sql = "SELECT * FROM orders WHERE id = ?1";
        Ok(self.database().query_row(sql, [id], order).optional()?)
    }

    /// Adds an order, and returns it.
    pub fn add(
        &self,
        customer: &str,
        items: &[Item],
        note: Option<&str>,
    ) -> Result<Order, StoreError> {
        let items = serde_json::to_string(items).unwrap_or_default();
        let sql = "INSERT INTO orders (id, status, created_at, customer, items, note)
                   VALUES (?1, 'open', ?2, ?3, ?4, ?5) RETURNING *";
        let values = (Uuid::new_v4(), Utc::now(), customer, items, note);
        Ok(self.database().query_row(sql, values, order)?)
    }

    /// Replaces the status and the note of an order, and returns it.
    pub fn update(
        &self,
        id: Uuid,
        status: Option<&str>,
        note: Option<&str>,
    ) -> Result<Order, StoreError> {
        let sql = "UPDATE orders SET status = coalesce(?2, status), note = coalesce(?3, note)
                   WHERE id = ?1 RETURNING *";
        Ok(self.database().query_row(sql, (id, status, note), order)?)
    }

    /// Removes an order.
    pub fn remove(&self, id: Uuid) -> Result<(), StoreError> {
        let sql = "DELETE FROM orders WHERE id = ?1";
        self.database().execute(sql, [id])?;
        Ok(())
    }

    /// Creates the file of an order's invoice.
    pub async fn create_invoice(&self, id: Uuid) -> Result<tokio::fs::File, StoreError> {
        Ok(tokio::fs::File::create(self.invoice_path(id)).await?)
    }

    /// Opens the invoice of an order.
    pub async fn invoice(&self, id: Uuid) -> Result<Option<tokio::fs::File>, StoreError> {
        match tokio::fs::File::open(self.invoice_path(id)).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            file => Ok(Some(file?)),
        }
    }

    fn invoice_path(&self, id: Uuid) -> PathBuf {
        self.invoices.join(format!("{id}.pdf"))
    }
}

fn order(row: &Row<'_>) -> rusqlite::Result<Order> {
    let items: String = row.get("items")?;
    Ok(Order {
        number: row.get("number")?,
        id: row.get("id")?,
        status: row.get("status")?,
        created_at: row.get("created_at")?,
        customer: row.get("customer")?,
        items: serde_json::from_str(&items).unwrap_or_default(),
        note: row.get("note")?,
    })
}
