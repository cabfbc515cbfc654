-- A maker of bicycles: many schemas, domains, money, xml, keys of several columns that others refer to, checks in every spelling.
CREATE DOMAIN "OrderNumber" varchar(25) NULL; CREATE DOMAIN "Flag" boolean NOT NULL; CREATE DOMAIN "NameStyle" boolean NOT NULL; CREATE DOMAIN "Name" varchar(50) NULL; CREATE DOMAIN "Phone" varchar(25) NULL;
CREATE SCHEMA person; CREATE SCHEMA humanresources; CREATE SCHEMA production; CREATE SCHEMA sales; CREATE SCHEMA pe; CREATE SCHEMA "Empty One";
CREATE TABLE person.businessentity (businessentityid serial NOT NULL, rowguid uuid NOT NULL DEFAULT gen_random_uuid(), modifieddate timestamp NOT NULL DEFAULT now(), CONSTRAINT "PK_BusinessEntity_BusinessEntityID" PRIMARY KEY (businessentityid));
CREATE TABLE person.person (businessentityid int NOT NULL, persontype char(2) NOT NULL, namestyle "NameStyle" NOT NULL DEFAULT false, title varchar(8), firstname "Name" NOT NULL, middlename "Name", lastname "Name" NOT NULL, suffix varchar(10),
    emailpromotion int NOT NULL DEFAULT 0, additionalcontactinfo xml, demographics xml, rowguid uuid NOT NULL DEFAULT gen_random_uuid(), modifieddate timestamp NOT NULL DEFAULT now(),
    CONSTRAINT "PK_Person_BusinessEntityID" PRIMARY KEY (businessentityid), CONSTRAINT "CK_Person_EmailPromotion" CHECK (emailpromotion BETWEEN 0 AND 2),
    CONSTRAINT "CK_Person_PersonType" CHECK (persontype IS NULL OR upper(persontype) IN ('SC', 'VC', 'IN', 'EM', 'SP', 'GC')),
    CONSTRAINT "FK_Person_BusinessEntity_BusinessEntityID" FOREIGN KEY (businessentityid) REFERENCES person.businessentity);
CREATE TABLE person.contacttype (contacttypeid serial PRIMARY KEY, name "Name" NOT NULL, modifieddate timestamp NOT NULL DEFAULT now());
CREATE TABLE person.businessentitycontact (businessentityid int NOT NULL REFERENCES person.businessentity, personid int NOT NULL REFERENCES person.person, contacttypeid int NOT NULL REFERENCES person.contacttype,
    rowguid uuid NOT NULL DEFAULT gen_random_uuid(), PRIMARY KEY (businessentityid, personid, contacttypeid));
CREATE TABLE person.emailaddress (businessentityid int NOT NULL REFERENCES person.person, emailaddressid serial NOT NULL, emailaddress varchar(50), PRIMARY KEY (businessentityid, emailaddressid));
CREATE TABLE person.password (businessentityid int PRIMARY KEY REFERENCES person.person, passwordhash varchar(128) NOT NULL, passwordsalt varchar(10) NOT NULL);
CREATE TABLE person.countryregion (countryregioncode varchar(3) PRIMARY KEY, name "Name" NOT NULL);
CREATE TABLE humanresources.employee (businessentityid int PRIMARY KEY REFERENCES person.person, nationalidnumber varchar(15) NOT NULL, loginid varchar(256) NOT NULL, organizationnode varchar DEFAULT '/', jobtitle varchar(50) NOT NULL,
    birthdate date NOT NULL, maritalstatus char(1) NOT NULL, gender char(1) NOT NULL, hiredate date NOT NULL, salariedflag "Flag" NOT NULL DEFAULT true, vacationhours smallint NOT NULL DEFAULT 0,
    CONSTRAINT "CK_Employee_BirthDate" CHECK (birthdate BETWEEN '1930-01-01' AND now() - INTERVAL '18 years'), CONSTRAINT "CK_Employee_MaritalStatus" CHECK (upper(maritalstatus) IN ('M', 'S')),
    CONSTRAINT "CK_Employee_Gender" CHECK (gender IN ('M', 'F')), CONSTRAINT "CK_Employee_VacationHours" CHECK (vacationhours BETWEEN -40 AND 240));
CREATE TABLE humanresources.shift (shiftid serial PRIMARY KEY, name "Name" NOT NULL, starttime time NOT NULL, endtime time NOT NULL);
CREATE TABLE humanresources.department (departmentid serial PRIMARY KEY, name "Name" NOT NULL, groupname "Name" NOT NULL);
CREATE TABLE humanresources.employeedepartmenthistory (businessentityid int NOT NULL REFERENCES humanresources.employee, departmentid smallint NOT NULL REFERENCES humanresources.department, shiftid smallint NOT NULL REFERENCES humanresources.shift,
    startdate date NOT NULL, enddate date, PRIMARY KEY (businessentityid, startdate, departmentid, shiftid), CHECK (enddate >= startdate OR enddate IS NULL));
CREATE TABLE humanresources.jobcandidate (jobcandidateid serial PRIMARY KEY, businessentityid int REFERENCES humanresources.employee, resume xml);
CREATE TABLE production.unitmeasure (unitmeasurecode char(3) PRIMARY KEY, name "Name" NOT NULL);
CREATE TABLE production.product (productid serial PRIMARY KEY, name "Name" NOT NULL UNIQUE, productnumber varchar(25) NOT NULL, makeflag "Flag" NOT NULL DEFAULT true, safetystocklevel smallint NOT NULL, standardcost numeric NOT NULL, listprice numeric NOT NULL,
    sizeunitmeasurecode char(3) REFERENCES production.unitmeasure, weightunitmeasurecode char(3) REFERENCES production.unitmeasure, weight numeric(8,2), productline char(2), class char(2), style char(2), sellstartdate timestamp NOT NULL,
    CONSTRAINT "CK_Product_SafetyStockLevel" CHECK (safetystocklevel > 0), CONSTRAINT "CK_Product_ListPrice" CHECK (listprice >= 0.00), CONSTRAINT "CK_Product_ProductLine" CHECK (upper(productline) IN ('S', 'T', 'M', 'R') OR productline IS NULL),
    CONSTRAINT "CK_Product_Class" CHECK (class IN ('L', 'M', 'H') OR class IS NULL));
CREATE TABLE production.document (title varchar(50) NOT NULL, owner int NOT NULL REFERENCES humanresources.employee, folderflag "Flag" NOT NULL DEFAULT false, filename varchar(400) NOT NULL, fileextension varchar(8), revision char(5) NOT NULL, changenumber int NOT NULL DEFAULT 0,
    status smallint NOT NULL CHECK (status BETWEEN 1 AND 3), document bytea, rowguid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(), documentnode varchar NOT NULL DEFAULT '/' PRIMARY KEY);
CREATE TABLE production.productdocument (productid int NOT NULL REFERENCES production.product, documentnode varchar NOT NULL DEFAULT '/' REFERENCES production.document, modifieddate timestamp NOT NULL DEFAULT now(), PRIMARY KEY (productid, documentnode));
CREATE TABLE production.billofmaterials (billofmaterialsid serial PRIMARY KEY, productassemblyid int REFERENCES production.product, componentid int NOT NULL REFERENCES production.product, startdate timestamp NOT NULL DEFAULT now(), enddate timestamp,
    bomlevel smallint NOT NULL, perassemblyqty numeric(8,2) NOT NULL DEFAULT 1.00 CHECK (perassemblyqty >= 1.00), CHECK (enddate > startdate OR enddate IS NULL), CHECK (productassemblyid <> componentid));
CREATE TABLE sales.specialoffer (specialofferid serial PRIMARY KEY, description varchar(255) NOT NULL, discountpct numeric NOT NULL DEFAULT 0.00, type varchar(50) NOT NULL);
CREATE TABLE sales.specialofferproduct (specialofferid int NOT NULL REFERENCES sales.specialoffer, productid int NOT NULL REFERENCES production.product, PRIMARY KEY (specialofferid, productid));
CREATE TABLE sales.salesorderheader (salesorderid serial PRIMARY KEY, revisionnumber smallint NOT NULL DEFAULT 0, orderdate timestamp NOT NULL DEFAULT now(), salespersonid int REFERENCES humanresources.employee, purchaseordernumber "OrderNumber",
    onlineorderflag "Flag" NOT NULL DEFAULT true, subtotal numeric NOT NULL DEFAULT 0.00, price money, due money NOT NULL DEFAULT 0);
CREATE TABLE sales.salesorderdetail (salesorderid int NOT NULL REFERENCES sales.salesorderheader ON DELETE CASCADE, salesorderdetailid serial NOT NULL, carriertrackingnumber varchar(25), orderqty smallint NOT NULL, productid int NOT NULL, specialofferid int NOT NULL, unitprice numeric NOT NULL,
    PRIMARY KEY (salesorderid, salesorderdetailid), CONSTRAINT "FK_SpecialOfferProduct" FOREIGN KEY (specialofferid, productid) REFERENCES sales.specialofferproduct (specialofferid, productid), CHECK (orderqty > 0));
CREATE TABLE sales.person (id int PRIMARY KEY, quota numeric);
CREATE VIEW pe.p AS SELECT businessentityid AS id, * FROM person.person;
CREATE VIEW humanresources.vemployee AS SELECT e.businessentityid, p.title, p.firstname, e.jobtitle FROM humanresources.employee e JOIN person.person p USING (businessentityid);
CREATE MATERIALIZED VIEW production.vproduct AS SELECT productid, name FROM production.product WITH DATA;
CREATE UNIQUE INDEX ix_vproduct ON production.vproduct (productid);
COMMENT ON SCHEMA person IS 'people'; COMMENT ON TABLE person.person IS 'Human beings involved with the works: employees, customer contacts.'; COMMENT ON COLUMN person.person.persontype IS 'SC = Store Contact, "IN" = Individual';
INSERT INTO person.businessentity (businessentityid) VALUES (1), (2), (3); SELECT setval('person.businessentity_businessentityid_seq', 3);
INSERT INTO person.person (businessentityid, persontype, firstname, lastname, demographics) VALUES (1, 'EM', 'Ken', 'Sánchez', NULL), (2, 'IN', 'Terri', 'Duffy', NULL);
INSERT INTO person.contacttype (name) VALUES ('Owner'); INSERT INTO person.businessentitycontact VALUES (3, 2, 1); INSERT INTO person.emailaddress (businessentityid, emailaddress) VALUES (1, 'ken0@works.com'), (1, 'ken1@works.com'); INSERT INTO person.password VALUES (1, 'hash', 'salt'); INSERT INTO person.countryregion VALUES ('CH', 'Switzerland');
INSERT INTO humanresources.employee VALUES (1, '295847284', 'works\ken0', '/', 'CEO', '1969-01-29', 'S', 'M', '2009-01-14'); INSERT INTO humanresources.shift (name, starttime, endtime) VALUES ('Day', '07:00', '15:00'); INSERT INTO humanresources.department (name, groupname) VALUES ('Executive', 'G'); INSERT INTO humanresources.employeedepartmenthistory VALUES (1, 1, 1, '2009-01-14', NULL);
INSERT INTO humanresources.jobcandidate (businessentityid, resume) VALUES (1, NULL), (NULL, NULL);
INSERT INTO production.unitmeasure VALUES ('CM', 'Centimeter'), ('KGM', 'Kilogram'); INSERT INTO production.product (name, productnumber, safetystocklevel, standardcost, listprice, sizeunitmeasurecode, weight, productline, class, sellstartdate) VALUES ('Adjustable Race', 'AR-5381', 1000, 0, 0.5, 'CM', 1.5, 'R', 'L', '2008-04-30'), ('Bearing', 'BA', 5, 1.25, 3, NULL, NULL, NULL, NULL, '2008-04-30');
INSERT INTO production.document (title, owner, filename, revision, status) VALUES ('Documents', 1, 'Documents', '0', 2); INSERT INTO production.productdocument VALUES (1); INSERT INTO production.billofmaterials (productassemblyid, componentid, bomlevel) VALUES (NULL, 1, 0), (1, 2, 1);
INSERT INTO sales.specialoffer (description, type) VALUES ('No Discount', 'No Discount'); INSERT INTO sales.specialofferproduct VALUES (1, 1); INSERT INTO sales.salesorderheader (salespersonid, price) VALUES (1, 12.5); INSERT INTO sales.salesorderdetail VALUES (1, 1, NULL, 2, 1, 1, 2.5); INSERT INTO sales.person VALUES (1, 2.5);
REFRESH MATERIALIZED VIEW production.vproduct;
