package plot

import (
	"fmt"
	"math"
)

// scale turns values into places of the picture.
type scale struct {
	log         bool
	least, most float64 // values, at
	from, to    float64 // these places
}

func (s *scale) include(v float64) { s.least, s.most = min(s.least, v), max(s.most, v) }

// round widens the scale to whole steps, or to whole powers of ten.
func (s *scale) round() {
	switch {
	case s.least > s.most: // nothing is shown
		s.least, s.most = 1, 10
	case s.log:
		s.least = math.Pow(10, math.Floor(math.Log10(s.least)))
		s.most = math.Pow(10, math.Ceil(math.Log10(s.most)))
		if s.least == s.most {
			s.most *= 10
		}
	default:
		if s.least == s.most {
			s.most++
		}
		step := s.step()
		s.least, s.most = math.Floor(s.least/step)*step, math.Ceil(s.most/step)*step
	}
}

// step is 1, 2 or 5 times a power of ten, so that there are about five.
func (s *scale) step() float64 {
	const about = 5
	rough := (s.most - s.least) / about
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= rough {
			return factor * power
		}
	}
	return 10 * power
}

func (s *scale) at(v float64) float64 {
	least, most := s.least, s.most
	if s.log {
		least, most, v = math.Log10(least), math.Log10(most), math.Log10(v)
	}
	return s.from + (v-least)/(most-least)*(s.to-s.from)
}

// ticks are the values that the grid shows.
func (s *scale) ticks() []float64 {
	var ticks []float64
	if s.log {
		for v := s.least; v <= s.most*1.01; v *= 10 {
			ticks = append(ticks, v)
		}
		return ticks
	}
	step := s.step()
	for i := 0.0; s.least+i*step <= s.most+step/2; i++ {
		ticks = append(ticks, s.least+i*step)
	}
	return ticks
}

// short writes a value of a grid.
func short(v float64) string {
	switch size := math.Abs(v); {
	case size >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case size >= 1e4:
		return fmt.Sprintf("%g k", v/1e3)
	default:
		return fmt.Sprintf("%.6g", v)
	}
}
