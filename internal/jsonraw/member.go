package jsonraw

// Member finds the value of the member at path in the object in data and returns its text, a part
// of data without the white space around it. Each element of path is one name, so a name may hold
// dots; an empty path means data itself. Of several members of one name the first counts, and
// names are compared without their escapes.
//
// The data is trusted to be valid JSON: the search ends at the member and does not look at what
// follows. On other text Member returns false or some part of it. It does not allocate, unless
// the object has names with escapes.
func Member(data []byte, path []string) (value []byte, ok bool) {
	for _, name := range path {
		if data, ok = member(data, name); !ok {
			return nil, false
		}
	}
	start := skipSpace(data, 0)
	end := skipValue(data, start)
	if end < 0 {
		return nil, false
	}
	return data[start:end:end], true
}

func member(data []byte, name string) ([]byte, bool) {
	for w := Walk(data); w.Next(); {
		if string(w.name) == name {
			return w.value, true
		}
	}
	return nil, false
}
