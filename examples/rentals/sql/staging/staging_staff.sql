-- One row per member of the staff.
-- source: staff, without address_id, email, active, username, password, last_update, picture
create table if not exists staging_staff (
    staff_id integer not null, -- Member of the staff
    first_name varchar(45) not null, -- First name
    last_name varchar(45) not null, -- Last name
    store_id integer not null, -- Store where they work
    primary key (staff_id)
)
diststyle all
sortkey (staff_id);
