package sqltable

import (
	"encoding/hex"
	"math/rand/v2"
)

const uuidLength = 36

// appendUUID appends a UUID of version 7: the milliseconds since 1970, which sort, and 74 random
// bits.
func appendUUID(dst []byte, millis int64) []byte {
	high := uint64(millis)<<16 | 7<<12 | rand.Uint64()&0xfff
	low := 2<<62 | rand.Uint64()>>2
	var id [16]byte
	for i := range 8 {
		id[i] = byte(high >> (56 - 8*i))
		id[8+i] = byte(low >> (56 - 8*i))
	}
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}
