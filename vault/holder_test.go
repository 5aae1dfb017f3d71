package vault

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
)

// late is a lock file whose holder writes its name only after some readings.
type late struct{ empty int }

func (l *late) ReadAt(b []byte, _ int64) (int, error) {
	if l.empty--; l.empty >= 0 {
		return 0, io.EOF
	}
	return copy(b, "process 7 on desk, user mara\x1b[2J\n"), io.EOF
}

func TestTheHolderIsNamedAsSoonAsItHasWritten(t *testing.T) {
	assert.Equal(t, "process 7 on desk, user mara [2J", holderOf(&late{empty: 3}))
	assert.Equal(t, "another process", holderOf(&late{empty: 1000}))
}
