package entry

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

func TestReadAtMost(t *testing.T) {
	t.Parallel()
	data, err := readAtMost(strings.NewReader("1234"), 4)
	assert.NoError(t, err)
	assert.Equal(t, "1234", string(data))
	_, err = readAtMost(strings.NewReader("12345"), 4)
	assert.ErrorIs(t, err, errTooLarge)
	gone := errors.New("disk gone")
	_, err = readAtMost(iotest.ErrReader(gone), 4)
	assert.ErrorIs(t, err, gone)
}
