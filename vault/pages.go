package vault

import (
	"context"
	"database/sql"
	"fmt"
	"io"
)

// pages writes the database as it stands, the open transaction included, page by
// page and in WAL mode. What was deleted does not go with it.
func (d *database) pages(ctx context.Context, w io.Writer) error { return d.writePages(ctx, w, false) }

// writePages is pages. A thorough one overwrites what follows the ends of long values
// too, and reads everything twice for it.
func (d *database) writePages(ctx context.Context, w io.Writer, thorough bool) error {
	var looked func(int)
	if c, counts := w.(*counting); counts {
		looked = c.count
	}
	s, err := d.scrubber(ctx, thorough, looked)
	if err != nil {
		return fmt.Errorf("write pages: %w", err)
	}
	err = d.eachPage(ctx, func(number uint32, page []byte) error {
		if err := s.scrub(number, page); err != nil {
			return err
		}
		if number == 1 {
			page[writeVersion], page[readVersion] = inWAL, inWAL
		}
		_, err := w.Write(page)
		return err
	})
	if err != nil {
		return fmt.Errorf("write pages: %w", err)
	}
	return nil
}

// scrubber learns what may be overwritten. Looked, which may be nil, hears how many
// bytes were looked at for it.
func (d *database) scrubber(ctx context.Context, thorough bool, looked func(int)) (*scrubber, error) {
	var count uint32
	if err := d.row("select page_count from pragma_page_count").Scan(&count); err != nil {
		return nil, err
	}
	s, err := newScrubber(count, d.page)
	if err != nil || !thorough {
		return s, err
	}
	looking := newSurvey(s, count)
	err = d.eachPage(ctx, func(number uint32, page []byte) error {
		if looked != nil {
			looked(len(page))
		}
		return looking.look(number, page)
	})
	if err != nil {
		return nil, err
	}
	return s, looking.finish()
}

func (d *database) page(number uint32) ([]byte, error) {
	var page []byte
	err := d.row("select data from sqlite_dbpage('main') where pgno = ?", number).Scan(&page)
	if err == nil && len(page) != pageSize {
		err = fmt.Errorf("page %d of %d bytes", number, len(page))
	}
	return page, err
}

// eachPage shows every page in its order, in memory that is used again for the next.
func (d *database) eachPage(ctx context.Context, see func(number uint32, page []byte) error) error {
	next := uint32(1)
	copied := make([]byte, pageSize)
	return d.each(func(rows *sql.Rows) error {
		var number uint32
		var page sql.RawBytes
		if err := rows.Scan(&number, &page); err != nil {
			return err
		}
		if number != next || len(page) != pageSize {
			return fmt.Errorf("page %d of %d bytes came where page %d was due", number, len(page), next)
		}
		next++
		copy(copied, page)
		if err := ctx.Err(); err != nil {
			return err
		}
		return see(number, copied)
	}, "select pgno, data from sqlite_dbpage('main')")
}
