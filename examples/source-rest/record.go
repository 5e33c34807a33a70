package main

import (
	"encoding/json"
	"time"
)

// The types below only describe the records for discover: reading passes them on as the API wrote
// them, so a field that is missing here still arrives.

// Customer is a record of the stream customers.
type Customer struct {
	ID         int64     `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	City       string    `json:"city"`
	Country    string    `json:"country"`
	Newsletter bool      `json:"newsletter"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// Order is a record of the stream orders.
type Order struct {
	ID         int64       `json:"id"`
	CustomerID int64       `json:"customer_id"`
	Status     string      `json:"status"`
	Currency   string      `json:"currency"`
	Total      json.Number `json:"total"`
	Lines      []Line      `json:"lines"`
	PlacedAt   time.Time   `json:"placed_at"`
	UpdatedAt  time.Time   `json:"updated_at"`
}

// Line is one of the goods in an [Order].
type Line struct {
	ProductID int64       `json:"product_id"`
	Quantity  int64       `json:"quantity"`
	Price     json.Number `json:"price"`
}

// Product is a record of the stream products.
type Product struct {
	ID        int64       `json:"id"`
	SKU       string      `json:"sku"`
	Name      string      `json:"name"`
	Category  string      `json:"category"`
	Price     json.Number `json:"price"`
	InStock   int64       `json:"in_stock"`
	UpdatedAt time.Time   `json:"updated_at"`
}
