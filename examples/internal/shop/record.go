package shop

import (
	"fmt"
	"strings"
	"time"
)

// record is one record in one version.
type record interface {
	// change makes it a later version of itself.
	change(at time.Time, d *dice)
}

type customer struct {
	ID         int64     `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	City       string    `json:"city"`
	Country    string    `json:"country"`
	Newsletter bool      `json:"newsletter"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

type order struct {
	ID         int64     `json:"id"`
	CustomerID int64     `json:"customer_id"`
	Status     string    `json:"status"`
	Currency   string    `json:"currency"`
	Total      cents     `json:"total"`
	Lines      []line    `json:"lines"`
	PlacedAt   time.Time `json:"placed_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

type line struct {
	ProductID int64 `json:"product_id"`
	Quantity  int64 `json:"quantity"`
	Price     cents `json:"price"`
}

type product struct {
	ID        int64     `json:"id"`
	SKU       string    `json:"sku"`
	Name      string    `json:"name"`
	Category  string    `json:"category"`
	Price     cents     `json:"price"`
	InStock   int64     `json:"in_stock"`
	UpdatedAt time.Time `json:"updated_at"`
}

// cents is an amount of money. Its JSON is a number with two decimals, 12.50, never a rounded one.
type cents int64

// MarshalJSON implements [encoding/json.Marshaler].
func (c cents) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%02d", c/100, c%100), nil
}

var (
	givenNames = []string{
		"Ada", "Bela", "Chidi", "Dilek", "Emeka", "Farah", "Grace", "Hana", "Ines", "Jonas",
		"Kenji", "Lucia", "Mateo", "Nadia", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Tariq",
	}
	familyNames = []string{
		"Adeyemi", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova",
		"Jansen", "Kowalski", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Rossi",
	}
	places = []string{
		"Accra/GH", "Bogota/CO", "Cork/IE", "Dakar/SN", "Essen/DE", "Fukuoka/JP", "Graz/AT",
		"Hanoi/VN", "Izmir/TR", "Kyiv/UA", "Lima/PE", "Malmo/SE", "Nantes/FR", "Porto/PT",
	}
	statuses   = []string{"placed", "paid", "shipped", "delivered", "delivered", "returned"}
	currencies = []string{"EUR", "EUR", "USD", "GBP", "JPY"}
	colours    = []string{"amber", "blue", "coral", "green", "ivory", "plum", "slate", "teal"}
	goods      = []string{
		"kitchen/kettle", "kitchen/mug", "kitchen/pan", "office/notebook", "office/lamp",
		"office/chair", "garden/rake", "garden/hose", "garden/bench", "travel/bag", "travel/bottle",
	}
)

func makeCustomer(id int64, updated time.Time, d *dice) record {
	given, family := d.of(givenNames), d.of(familyNames)
	city, country, _ := strings.Cut(d.of(places), "/")
	return &customer{
		ID:         id,
		Name:       given + " " + family,
		Email:      strings.ToLower(fmt.Sprintf("%s.%s.%d@example.com", given, family, id)),
		City:       city,
		Country:    country,
		Newsletter: d.IntN(3) == 0,
		CreatedAt:  updated.Add(-d.days(400)),
		UpdatedAt:  updated,
	}
}

// change has the customer move.
func (c *customer) change(at time.Time, d *dice) {
	c.City, c.Country, _ = strings.Cut(d.of(places), "/")
	c.UpdatedAt = at
}

func makeOrder(id int64, updated time.Time, d *dice) record {
	o := &order{
		ID:         id,
		CustomerID: 1 + d.Int64N(customersAtFirst),
		Status:     d.of(statuses),
		Currency:   d.of(currencies),
		PlacedAt:   updated.Add(-d.days(14)),
		UpdatedAt:  updated,
	}
	for range 1 + d.IntN(4) {
		l := line{
			ProductID: 1 + d.Int64N(productsAtFirst),
			Quantity:  1 + d.Int64N(3),
			Price:     d.price(),
		}
		o.Lines = append(o.Lines, l)
		o.Total += l.Price * cents(l.Quantity)
	}
	return o
}

// change has the order go on to where most of them end.
func (o *order) change(at time.Time, _ *dice) { o.Status, o.UpdatedAt = "delivered", at }

func makeProduct(id int64, updated time.Time, d *dice) record {
	category, thing, _ := strings.Cut(d.of(goods), "/")
	colour := d.of(colours)
	return &product{
		ID:        id,
		SKU:       strings.ToUpper(fmt.Sprintf("%.3s-%.3s-%05d", category, colour, id)),
		Name:      strings.ToUpper(colour[:1]) + colour[1:] + " " + thing,
		Category:  category,
		Price:     d.price(),
		InStock:   d.Int64N(500),
		UpdatedAt: updated,
	}
}

// change has the product be sold, or come in.
func (p *product) change(at time.Time, d *dice) { p.InStock, p.UpdatedAt = d.Int64N(500), at }

// price is one from 1.99 to 199.99.
func (d *dice) price() cents { return cents(100*(1+d.IntN(199)) + 99) }

func (d *dice) days(most int) time.Duration {
	return time.Duration(d.IntN(most)) * 24 * time.Hour
}
